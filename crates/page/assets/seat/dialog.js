// A question that wants an answer before anything happens. The safe answer has the focus.

import { h, put } from './dom.js';

/**
 * Resolves to whether it was confirmed. Escape says no. Once `moot` is aborted nothing can be confirmed any
 * more, and its reason is told; once `gone` is, the question goes.
 */
export function confirm({ title, lines, yes, no, grave, moot, gone }) {
  const back = document.activeElement;
  const text = h('div', { id: 'dialog-text' }, lines.map((line) => h('p', {}, line)));
  const [safe, sure] = [h('button', { value: 'no', autofocus: true }, no), h('button', { value: 'yes', class: grave ? 'grave' : 'main' }, yes)];
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-text' },
    h('h2', { id: 'dialog-title' }, title), text, h('form', { method: 'dialog', class: 'bar end' }, safe, sure));
  document.body.append(dialog);
  dialog.showModal();
  moot.addEventListener('abort', () => {
    put(text, h('p', { class: 'problem', role: 'alert' }, moot.reason));
    safe.focus();
    sure.remove();
    put(safe, 'Close');
  });
  gone.addEventListener('abort', () => dialog.close('no'));
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      (back?.isConnected ? back : document.getElementById('main')).focus();
      resolve(dialog.returnValue === 'yes' && !moot.aborted);
    });
  });
}
