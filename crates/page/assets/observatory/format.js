// Numbers and times as people read them.

const number = (digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const one = number(1);
const three = number(3);

/** Dollars in billions. */
export const bn = (dollars) => (known(dollars) ? one.format(dollars / 1e9).replace('-', '−') : '–');

/** A change in billions, with its sign in words' reach: + or −. */
export function bnChange(dollars) {
  if (!known(dollars)) return '–';
  const text = one.format(Math.abs(dollars) / 1e9);
  return `${dollars < 0 ? '−' : '+'}${text}`;
}

/** A utility. */
export const utility = (value) => (known(value) ? three.format(value) : '–');

/** A value of an issue, with its unit where that is short. */
export function value(issue, of) {
  if (of === null || of === undefined) return '–';
  if (of === true) return 'on';
  if (of === false) return 'off';
  if (typeof of !== 'number') return String(of);
  if (issue.unit === 'usd' && Math.abs(of) >= 1e9) return `${of / 1e9} bn`;
  return String(Math.round(of * 100) / 100);
}

/** Microseconds as a length of time. */
export function length(us) {
  const of = Math.abs(us);
  const sign = us < 0 ? '−' : '';
  if (of === 0) return '0';
  if (of < 1e3) return `${sign}${of.toFixed(0)} µs`;
  if (of < 1e6) return `${sign}${(of / 1e3).toFixed(1)} ms`;
  if (of < 12e7) return `${sign}${(of / 1e6).toFixed(2)} s`;
  const minutes = Math.round(of / 6e7);
  if (minutes < 120) return `${sign}${minutes} min`;
  return `${sign}${(minutes / 60).toFixed(1)} h`;
}

/** Microseconds since the epoch as a moment. */
export function moment(us) {
  if (!us) return '–';
  return new Date(us / 1000).toISOString().replace('T', ' ').slice(0, 19);
}

/** The same, time of day only, to the millisecond. */
export const clock = (us) => (us ? new Date(us / 1000).toISOString().slice(11, 23) : '–');

export const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
