// A button for a move. One that cannot be made just now stays where it is, and says what it waits for.

import { h, put } from './dom.js';
import { say } from './live.js';

export function action(name, className, title, act) {
  const why = h('span', { id: `why-${name}`, class: 'unseen' });
  const button = h('button', { type: 'button', class: className, 'aria-describedby': why.id, onclick: act }, title);
  return {
    all: [button, why],
    /** Notes what the move waits for; nothing, if it can be made. */
    lacks(what) {
      button.setAttribute('aria-disabled', what ? 'true' : 'false');
      put(why, what);
    },
    /** Says what it waits for to who presses it all the same. */
    refuses(what) {
      if (what) say(what);
      return Boolean(what);
    },
  };
}
