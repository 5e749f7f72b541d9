// What the page asks of the observatory, and the one stream it listens to.

/** Why something cannot be shown. */
export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A document. */
export async function get(path, signal) {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  const document = await response.json().catch(() => null);
  if (!response.ok) {
    const error = document?.error ?? { code: 'UNREADABLE', message: `the observatory answers ${response.status}` };
    throw new Problem(response.status, error.code, error.message);
  }
  return document;
}

/** Where the operator's own viewer shows a trace, if there is one. */
export async function viewer(trace, signal) {
  const { viewer: template } = await get('/api/about', signal);
  // Only ever an address: the observatory takes no other, and no link here runs a script.
  if (!template || !trace || !/^https?:\/\//.test(template)) return null;
  return template.replaceAll('{trace}', encodeURIComponent(trace));
}

/** A talk with all its entries. */
export async function wholeTalk(id, signal) {
  const path = `/api/talks/${encodeURIComponent(id)}`;
  const whole = await get(path, signal);
  for (;;) {
    const last = whole.entries.at(-1)?.seq ?? 0;
    if (last >= whole.talk.seq) return whole;
    const more = await get(`${path}?after=${last}`, signal);
    if (more.entries.length === 0) return whole;
    whole.entries.push(...more.entries);
    whole.talk = more.talk;
  }
}

/**
 * Listens to one stream until the signal. The browser resumes it by itself, with the id of the last
 * event it saw.
 */
export function listen(path, handlers, signal) {
  const source = new EventSource(path);
  const shown = document.getElementById('connection');
  const say = (text) => { shown.textContent = text; };
  source.onopen = () => say('● live');
  source.onerror = () => say('○ not connected');
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  }
  signal.addEventListener('abort', () => {
    source.close();
    say('');
  });
}
