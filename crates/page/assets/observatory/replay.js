// The scrubber: any entry of the talk by pointer or by keyboard, and a button that plays.

import { h } from './dom.js';

const STEP_MS = 300;
const still = matchMedia('(prefers-reduced-motion: reduce)');

export function replay(model, seek, signal) {
  const slider = h('input', {
    type: 'range', id: 'scrubber', min: 0, step: 1, value: 0, 'aria-describedby': 'scrubbed',
    oninput: () => { stop(); seek(Number(slider.value)); },
  });
  const shown = h('output', { id: 'scrubbed', for: 'scrubber' });
  const button = h('button', { type: 'button', id: 'play', onclick: () => (timer === null ? play() : stop()) }, 'Play');
  const note = h('span', { class: 'faint', id: 'still' }, 'Playing is off, as your system asks for reduced motion.');
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = 'Play';
  };
  const play = () => {
    if (model.place >= model.entries.length - 1) seek(0);
    button.textContent = 'Pause';
    timer = setInterval(() => {
      seek(model.place + 1);
      if (model.place >= model.entries.length - 1) stop();
    }, STEP_MS);
  };
  const motion = () => {
    if (still.matches) stop();
    button.disabled = still.matches;
    note.hidden = !still.matches;
  };
  motion();
  still.addEventListener('change', motion, { signal });
  signal.addEventListener('abort', stop);
  const step = (by, label) => h('button', { type: 'button', 'aria-label': label, onclick: () => { stop(); seek(model.place + by); } }, by < 0 ? '‹' : '›');
  const element = h('div', { class: 'replay', role: 'group', 'aria-label': 'Replay' },
    button, step(-1, 'One entry back'), h('label', { for: 'scrubber', class: 'unseen' }, 'Entry'), slider, step(1, 'One entry on'), shown, note);
  return {
    element,
    seek: () => {
      const entry = model.entries[model.place];
      slider.max = model.entries.length - 1;
      slider.value = model.place;
      const text = `entry ${entry.seq} of ${model.talk.seq}${entry.round ? `, round ${entry.round}` : ''}`;
      shown.textContent = text;
      slider.setAttribute('aria-valuetext', text);
    },
  };
}
