// Elements from data. Whatever comes from outside becomes a text node or an attribute, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An HTML element: attributes, then children. A function under a name that begins with "on" listens. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts these children in place of those there are. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A section under a heading. */
export function section(title, ...children) {
  const id = `h-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}

/** A table under a caption; the first cell of a row is its heading. */
export function table(caption, header, rows, className) {
  const cells = (row) => row.map((cell, place) => h(place === 0 ? 'th' : 'td', place === 0 ? { scope: 'row' } : {}, cell));
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    h('table', { class: className },
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, header.map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, cells(row))))));
}

/** A table behind a fold, built when it is opened: a long talk has thousands of rows. */
export function folded(title, build) {
  const details = h('details', {}, h('summary', {}, title));
  details.addEventListener('toggle', () => {
    if (details.open) put(details, details.firstChild, build());
  });
  return details;
}

/** Calls at most once a frame, with the latest arguments. */
export function framed(work) {
  let waiting = null;
  return (...given) => {
    if (waiting === null) {
      requestAnimationFrame(() => {
        const latest = waiting;
        waiting = null;
        work(...latest);
      });
    }
    waiting = given;
  };
}

/** How long calls must rest for what is slow to draw, and after how long it is drawn all the same. */
const [REST_MS, LONGEST_MS] = [120, 800];

/**
 * Calls at once after a rest; of calls that follow each other, only one now and then, and the last. For
 * what nobody can read while it changes with every frame.
 */
export function unhurried(work) {
  let [rested, timer, called, done] = [true, null, 0, 0];
  const now = () => {
    done = performance.now();
    work();
  };
  const look = () => {
    const rests = performance.now() - called;
    rested = rests >= REST_MS;
    timer = rested ? null : setTimeout(look, REST_MS - rests + 1);
    if (rested ? done < called : performance.now() - done >= LONGEST_MS) now();
  };
  return () => {
    called = performance.now();
    if (rested) now();
    rested = false;
    timer ??= setTimeout(look, REST_MS + 1);
  };
}
