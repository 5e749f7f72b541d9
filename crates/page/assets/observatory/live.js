// The one place that speaks to a screen reader: politely, and not all the time.

const EVERY_MS = 4000;
let next = 0;
let waiting = null;

/** Says it when some seconds have passed since the last; of several, only the latest. */
export function say(text) {
  const timer = waiting !== null;
  waiting = text;
  if (timer) return;
  setTimeout(() => {
    document.getElementById('said').textContent = waiting;
    waiting = null;
    next = Date.now() + EVERY_MS;
  }, Math.max(0, next - Date.now()));
}
