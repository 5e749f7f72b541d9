// Who sits here. The address opens the seat once: its token goes to the delegation together with a key
// that this browser made, and from then on only the key counts. The key is kept for this origin, port
// included; a cookie would be sent to every port of the machine.

import { Problem } from './api.js';

const KEPT = 'detente-seat';
const TAKE = '#take=';
/** The delegation answers within 20 s even if nothing happens. One that takes longer than this does not answer. */
const ANSWER_MS = 40_000;

let hungUp = false;

/** While the delegation is taken to be gone, nothing is asked: whoever listens there now is not to be sent the key. */
export function hangUp(yes) {
  hungUp = yes;
}

/** The token and the key that are kept, if any. */
function kept() {
  try {
    const { token, key } = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return key ? { token, key } : null;
  } catch {
    return null;
  }
}

/** Takes the seat with the token in the address, or comes back to it with the key that is kept. */
export async function takeSeat() {
  const token = location.hash.startsWith(TAKE) ? location.hash.slice(TAKE.length) : '';
  if (token) {
    // A key is for one start: another program may have had this port in between, and been sent the last.
    const before = localStorage.getItem(KEPT);
    const own = kept();
    const key = own?.token === token ? own.key : fresh();
    // Kept before it is handed in, so that an answer that gets lost locks nobody out.
    localStorage.setItem(KEPT, JSON.stringify({ token, key }));
    const response = await fetch('/api/claim', { method: 'POST', body: JSON.stringify({ token, key }) });
    if (!response.ok) {
      // An old address takes no seat away.
      if (before === null) localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, before);
      throw await problem(response);
    }
    history.replaceState(null, '', location.pathname);
  }
  if (!kept()) {
    throw new Problem(401, 'NO_KEY', 'Open the address that the delegation printed at its start: this one does not open the seat.');
  }
}

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function problem(response) {
  const document = await response.json().catch(() => null);
  const error = document?.error ?? { code: 'UNREADABLE', message: `the delegation answers ${response.status}` };
  const of = new Problem(response.status, error.code, error.message);
  of.details = error.details;
  return of;
}

/** Asks the delegation; with a body, tells it something. */
export async function ask(path, body, signal) {
  const silent = new Problem(0, 'SILENT', 'the delegation does not answer');
  if (hungUp) throw silent;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(silent), ANSWER_MS);
  const headers = { authorization: `Bearer ${kept()?.key ?? ''}` };
  const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  try {
    const response = await fetch(path, { ...options, headers, signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]) });
    if (!response.ok) throw await problem(response);
    return response.status === 202 ? null : await response.json();
  } finally {
    clearTimeout(timer);
  }
}
