// When a schedule is due, as Application Auto Scaling takes it: what it would refuse is known before anything is made.
import { nearest } from '../problems/nearest.ts';

const FORMS =
  'Use cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss).';

/** What is wrong with it; null: nothing. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html */
export function expressionProblem(expression: string): string | null {
  const [, form, content = ''] = /^(cron|rate|at)\((.*)\)$/s.exec(expression) ?? [];
  if (form === 'cron') return cronProblem(content);
  if (form === 'rate') return rateProblem(content);
  if (form === 'at') return atProblem(content);
  return FORMS;
}

function atProblem(local: string): string | null {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(local) ? Date.parse(`${local}Z`) : Number.NaN;
  // Date.parse takes 30 February for 2 March, and 24:00 for the next day.
  const isThere = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(local);
  return isThere
    ? null
    : `"${local}" is no date with a time, such as 2030-12-24T18:00:00; the timezone stands beside it.`;
}

/** EventBridge, whose syntax this is, refuses "1 minutes" and "5 minute". */
function rateProblem(content: string): string | null {
  const [, value, , plural] = /^([1-9]\d{0,5}) (minute|hour|day)(s?)$/.exec(content) ?? [];
  if (value === undefined) return `"${content}" is no rate, such as 1 day or 5 minutes.`;
  return (value === '1') === (plural === '') ? null : `"${content}": after 1 the unit is singular, else plural.`;
}

interface Field {
  name: string;
  least: number;
  most: number;
  /** Names of its values, the first for `least`. */
  names?: readonly string[];
  /** What it takes besides numbers, names, ranges, lists and steps. */
  special?: RegExp;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html, to which the page on scheduled scaling refers. */
const FIELDS: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day-of-month', least: 1, most: 31, special: /^(L|LW|([1-9]|[12]\d|3[01])W)$/ },
  {
    ...{ name: 'month', least: 1, most: 12 },
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  {
    ...{ name: 'day-of-week', least: 1, most: 7, special: /^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  },
  { name: 'year', least: 1970, most: 2199 },
];

function cronProblem(content: string): string | null {
  const found = content.split(' ');
  if (found.length !== FIELDS.length || found.includes(''))
    return `"${content}" has to be six fields with a blank between each: minutes hours day-of-month month day-of-week year.`;
  const [, , dayOfMonth, , dayOfWeek] = found;
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    return 'Exactly one of day-of-month and day-of-week is "?", and the other says the day.';
  for (const [index, field] of FIELDS.entries()) {
    const text = found[index] ?? '';
    const isOther = text === '?' && (text === dayOfMonth || text === dayOfWeek) && (index === 2 || index === 4);
    if (!isOther && !text.split(',').every((item) => isOf(field, item)))
      return `"${text}" is no ${field.name}: numbers from ${field.least} to ${field.most}${field.names === undefined ? '' : ` or ${field.names[0]} to ${field.names.at(-1)}`}, ranges such as 1-5 that go up, lists with commas, and steps such as */5.`;
  }
  return null;
}

function isOf(field: Field, item: string): boolean {
  if (item === '*' || field.special?.test(item)) return true;
  const [base = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
  if (base === '*') return true;
  const ends = base.split('-').map((value) => numberOf(field, value));
  if (ends.length > 2 || ends.some((value) => value === null)) return false;
  const [from, to = from] = ends as number[];
  return from !== undefined && to !== undefined && from <= to;
}

function numberOf({ least, most, names = [] }: Field, text: string): number | null {
  const named = names.indexOf(text);
  const value = named >= 0 ? least + named : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

/** What is wrong with the name of a timezone; null: nothing. AWS takes the names of the IANA, written as they are there. */
export function timezoneProblem(name: string): string | null {
  const known = /^[A-Za-z]/.test(name) ? knownAs(name) : null;
  if (known === name) return null;
  const meant = known ?? nearest(name, Intl.supportedValuesOf('timeZone'));
  return `"${name}" is no timezone of the IANA, such as Europe/Berlin.${meant === null ? '' : ` Did you mean "${meant}"?`}`;
}

/** As it is written; another name of the same timezone stays. */
function knownAs(timeZone: string): string | null {
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions();
    const isOtherCase = known !== timeZone && known.toLowerCase() === timeZone.toLowerCase();
    return isOtherCase ? known : timeZone;
  } catch {
    return null;
  }
}
