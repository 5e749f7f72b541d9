// What is drawn anew keeps the focus where it was: whoever works by keyboard is not sent to the top.

/** Draws, and gives the focus back to the same element, or to the one that took its place. */
export function keepFocus(within, draw) {
  const before = document.activeElement;
  draw();
  if (!before || before === document.body || before.isConnected && document.activeElement === before) return;
  const again = before.isConnected ? before : successor(within, before);
  (again ?? within).focus({ preventScroll: true });
}

function successor(within, before) {
  const key = before.dataset?.key;
  if (key) return within.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const name = before.getAttribute('aria-label');
  return name && within.querySelector(`[aria-label="${CSS.escape(name)}"]`);
}
