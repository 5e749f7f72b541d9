// A question that wants an answer before anything happens. The safe answer has the focus.

import { h } from './dom.js';

/** Resolves to whether it was confirmed. Escape says no. */
export function confirm({ title, lines, yes, no, grave }) {
  const back = document.activeElement;
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-text' },
    h('h2', { id: 'dialog-title' }, title),
    h('div', { id: 'dialog-text' }, lines.map((line) => h('p', {}, line))),
    h('form', { method: 'dialog', class: 'bar end' },
      h('button', { value: 'no', autofocus: true }, no),
      h('button', { value: 'yes', class: grave ? 'grave' : 'main' }, yes)));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      back?.focus?.();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
