// The draft: every issue of the agenda, kinds together, each a slider, a list or a switch.

import { h, put } from './dom.js';
import { groups, summary, text } from './offers.js';

/** Issues with more values than this take a number instead of a slider. */
const MOST_STEPS = 400;

/**
 * A form over levels. `changed` hears of every change by hand. `beside` gives the levels that stand
 * beside each value, with a word for whose they are.
 */
export function form(talk, changed) {
  const levels = [...talk.status_quo];
  const wide = matchMedia('(min-width: 60rem)').matches;
  const rows = [];
  const totals = [];
  const set = (place, level) => {
    levels[place] = level;
    rows[place].show();
  };
  const parts = groups(talk).map((group, place) => {
    const lines = group.issues.map((issue) => {
      rows[issue.place] = row(issue, levels, (level) => {
        set(issue.place, level);
        settle();
        changed();
      });
      return rows[issue.place].element;
    });
    const phrase = h('span', { class: 'faint' });
    const all = group.alike && together(group, place, levels, (level) => {
      group.issues.forEach((issue) => set(issue.place, level));
      settle();
      changed();
    });
    totals.push(() => {
      put(phrase, summary(group, levels));
      if (all) all.show();
    });
    return h('details', { class: 'kind', open: wide || group.issues.length < 8 },
      h('summary', {}, h('span', {}, group.name), ' ', phrase),
      h('fieldset', {}, h('legend', { class: 'unseen' }, group.name), all && all.element, h('div', { class: 'issues' }, lines)));
  });
  const settle = () => totals.forEach((total) => total());
  const element = h('form', { 'aria-label': 'Your draft', onsubmit: (event) => event.preventDefault() }, parts);
  return {
    element,
    levels,
    /** Puts another offer in place of the draft. */
    start(from) {
      from.forEach((level, place) => set(place, level));
      settle();
    },
    beside(theirs, word) {
      rows.forEach((one, place) => one.beside(theirs?.[place], word));
    },
  };
}

function row(issue, levels, picked) {
  const id = `issue-${issue.place}`;
  const output = h('output', { for: id, class: 'value' });
  const other = h('span', { class: 'other faint' });
  const control = controlOf(issue, id, picked);
  const element = h('div', { class: `issue ${control.wide ? 'wide' : ''}` }, h('label', { for: id }, issue.name), control.element, control.wide ? null : output, other);
  let theirs = null;
  const show = () => {
    const level = levels[issue.place];
    control.show(level);
    put(output, text(issue, level));
    element.classList.toggle('moved', theirs !== null && theirs !== undefined && theirs !== level);
  };
  const beside = (level, word) => {
    theirs = level;
    put(other, level === undefined ? '' : `${word} ${text(issue, level)}`);
    show();
  };
  return { element, show, beside };
}

function controlOf(issue, id, picked) {
  if (issue.kind === 'switch') {
    const box = h('input', { id, type: 'checkbox', role: 'switch', onchange: () => picked(box.checked ? 1 : 0) });
    return { element: box, show: (level) => { box.checked = level === 1; } };
  }
  if (issue.kind === 'choice') {
    const list = h('select', { id, onchange: () => picked(Number(list.value)) }, issue.labels.map((label, level) => h('option', { value: level }, label)));
    return { element: list, wide: true, show: (level) => { list.value = String(level); } };
  }
  return issue.levels > MOST_STEPS ? number(issue, id, picked) : slider(issue, id, picked);
}

function slider(issue, id, picked) {
  const range = h('input', { id, type: 'range', min: 0, max: issue.levels - 1, step: 1, oninput: () => picked(Number(range.value)) });
  const show = (level) => {
    range.value = String(level);
    range.setAttribute('aria-valuetext', text(issue, level));
  };
  return { element: range, show };
}

function number(issue, id, picked) {
  const unit = 10 ** issue.scale;
  const box = h('input', {
    id, type: 'number', min: issue.min / unit, max: (issue.min + (issue.levels - 1) * issue.step) / unit, step: issue.step / unit,
    onchange: () => {
      const level = Math.round((Number(box.value) * unit - issue.min) / issue.step);
      picked(Math.max(0, Math.min(issue.levels - 1, level)));
    },
  });
  return { element: box, show: (level) => { box.value = String((issue.min + level * issue.step) / unit); } };
}

/** One slider for all of a group. */
function together(group, place, levels, picked) {
  const first = group.issues[0];
  const id = `all-${place}`;
  const range = h('input', { id, type: 'range', min: 0, max: first.levels - 1, step: 1, oninput: () => picked(Number(range.value)) });
  const output = h('output', { for: id, class: 'value' });
  const show = () => {
    const of = group.issues.map((issue) => levels[issue.place]);
    const mean = Math.round(of.reduce((sum, level) => sum + level, 0) / of.length);
    const alike = of.every((level) => level === of[0]);
    range.value = String(mean);
    const said = alike ? text(first, mean) : 'mixed';
    range.setAttribute('aria-valuetext', said);
    put(output, said);
  };
  return { element: h('div', { class: 'issue all' }, h('label', { for: id }, `All ${group.issues.length}`), range, output, h('span')), show };
}

/** The buttons a draft can start from. */
export function starts(options, picked) {
  const bar = h('div', { class: 'bar', role: 'group', 'aria-label': 'Start the draft from' });
  const show = () => put(bar, h('span', { class: 'faint', 'aria-hidden': 'true' }, 'Start from'),
    options().map(({ name, levels, worth }) => h('button', { type: 'button', 'data-key': `start-${name}`, 'aria-disabled': levels ? null : 'true', onclick: () => levels && picked(name, levels) }, name, worth && h('span', { class: 'faint' }, ` ${worth}`))));
  show();
  return { element: bar, show };
}

