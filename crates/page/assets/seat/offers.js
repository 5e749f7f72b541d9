// Offers as levels: the number of each issue's value among those it can take.

/** A value as people say it. */
export function text(issue, level) {
  if (issue.kind === 'switch') return level === 1 ? 'on' : 'off';
  if (issue.kind === 'choice') return issue.labels[level] ?? '–';
  const number = (issue.min + level * issue.step) / 10 ** issue.scale;
  if (issue.unit === 'usd' && issue.max >= 1e9) return `${number / 1e9} bn USD`;
  return `${number}${{ percent: '%', usd: ' USD', day: ' days' }[issue.unit] ?? ` ${issue.unit}`}`;
}

/** An offer as it is sent: every issue by name, in agenda order, bound to the agenda. */
export function wired(talk, levels) {
  const value = (issue, level) => {
    if (issue.kind === 'switch') return level === 1;
    return issue.kind === 'choice' ? issue.labels[level] : issue.min + level * issue.step;
  };
  return { agenda: talk.agenda, values: talk.issues.map((issue, place) => ({ issue: issue.id, value: value(issue, levels[place]) })) };
}

/** The values of an offer as plots and maps read them: numbers in the issue's unit. */
export const plain = (talk, levels) => levels && talk.issues.map((issue, place) => {
  if (issue.kind === 'number') return (issue.min + levels[place] * issue.step) / 10 ** issue.scale;
  return issue.kind === 'switch' ? levels[place] === 1 : issue.labels[levels[place]];
});

/** Issues of one kind together, each under the part of its title that the others do not share. */
export function groups(talk) {
  const by = new Map();
  talk.issues.forEach((issue, place) => {
    if (!by.has(issue.label)) by.set(issue.label, []);
    by.get(issue.label).push({ ...issue, place, name: issue.title ?? issue.id });
  });
  const [many, single] = [[], []];
  for (const issues of by.values()) (issues.length > 1 ? many : single).push(issues);
  const made = many.map(named);
  if (single.length > 0) made.push({ name: made.length > 0 ? 'Beside them' : 'The issues', issues: single.flat(), alike: false });
  return made;
}

function named(issues) {
  let shared = issues[0].name;
  for (const { name } of issues) while (!name.startsWith(shared)) shared = shared.slice(0, -1);
  shared = shared.slice(0, shared.lastIndexOf(' ') + 1);
  const name = shared.replace(/( on|:|,)?\s*$/, '') || issues[0].label;
  const short = (full) => { const rest = full.slice(shared.length); return rest.charAt(0).toUpperCase() + rest.slice(1); };
  const like = (issue) => issue.kind === 'number' && issue.levels === issues[0].levels && issue.min === issues[0].min && issue.step === issues[0].step;
  return { name, issues: issues.map((issue) => ({ ...issue, name: short(issue.name) })), alike: issues.every(like) };
}

/** What a group of numbers is on average and between, in one phrase. */
export function summary(group, levels) {
  const of = group.issues.map((issue) => levels[issue.place]);
  if (!group.alike) return '';
  const [low, high] = [Math.min(...of), Math.max(...of)];
  if (low === high) return text(group.issues[0], low);
  return `${text(group.issues[0], low)} to ${text(group.issues[0], high)}`;
}

export const same = (a, b) => a.every((level, place) => level === b[place]);
