// Expressions and timezones of schedules, as Application Auto Scaling takes them, and what is told of others.
import { expressionProblem, timezoneProblem } from '../../lambdas/core/scaling/schedule-expression.ts';

test.each([
  // The examples of the page on scheduled scaling, and those of EventBridge's on cron expressions.
  'cron(30 6 ? * MON *)',
  'cron(0 10 * * ? *)',
  'cron(15 12 * * ? *)',
  'cron(0 18 ? * MON-FRI *)',
  'cron(0 8 1 * ? *)',
  'cron(0/10 * ? * MON-FRI *)',
  'cron(0/5 8-17 ? * MON-FRI *)',
  'cron(0 9 ? * 2#1 *)',
  'cron(0 9 L * ? *)',
  'cron(0 9 LW * ? *)',
  'cron(0 9 3W JAN,JUN ? 2030-2032)',
  'cron(0 9 ? * 6L *)',
  'cron(*/15 22-23,0-4 ? * SAT,SUN *)',
  'rate(1 minute)',
  'rate(5 minutes)',
  'rate(1 day)',
  'rate(12 hours)',
  'at(2030-12-24T18:00:00)',
  'at(2028-02-29T00:00:00)',
])('%s is taken', (expression) => {
  expect(expressionProblem(expression)).toBeNull();
});

test.each([
  ['every night', /^Use cron\(/],
  ['cron(0 8 * * ? *) ', /^Use cron\(/],
  ['cron(0 8 * * *)', /six fields/],
  ['cron(0  8 * * ? *)', /six fields/],
  ['cron(0 8 * * * *)', /Exactly one of day-of-month and day-of-week/],
  ['cron(0 8 ? * ? *)', /Exactly one of day-of-month and day-of-week/],
  ['cron(60 8 * * ? *)', /^"60" is no minutes: numbers from 0 to 59,/],
  ['cron(? 8 * * ? *)', /no minutes/],
  ['cron(0 24 * * ? *)', /no hours/],
  ['cron(0 8 0 * ? *)', /no day-of-month/],
  ['cron(0 8 32W * ? *)', /no day-of-month/],
  ['cron(0 8 * 13 ? *)', /no month: numbers from 1 to 12 or JAN to DEC/],
  ['cron(0 8 * jan ? *)', /no month/],
  ['cron(0 8 ? * 8 *)', /no day-of-week/],
  ['cron(0 8 ? * 2#6 *)', /no day-of-week/],
  ['cron(0 8 ? * FRI-MON *)', /ranges such as 1-5 that go up/],
  ['cron(0 8 * * ? 1969)', /no year/],
  ['cron(0/0 8 * * ? *)', /no minutes/],
  ['cron(0/5/5 8 * * ? *)', /no minutes/],
  ['cron(1-2-3 8 * * ? *)', /no minutes/],
  ['cron(1, 8 * * ? *)', /no minutes/],
  ['rate(0 days)', /no rate/],
  ['rate(1 week)', /no rate/],
  ['rate(1 days)', /after 1 the unit is singular/],
  ['rate(5 minute)', /after 1 the unit is singular/],
  ['at(2030-12-24)', /no date with a time/],
  ['at(2030-02-30T18:00:00)', /no date with a time/],
  ['at(2030-12-24T24:00:00)', /no date with a time/],
  ['at(2030-12-24T18:00:00Z)', /no date with a time/],
])('%s is refused', (expression, message) => {
  expect(expressionProblem(expression)).toMatch(message);
});

test.each(['UTC', 'Europe/Berlin', 'Etc/GMT+9', 'Pacific/Tahiti', 'Asia/Kolkata', 'Asia/Calcutta', 'America/New_York'])(
  'the timezone %s is taken',
  (name) => {
    expect(timezoneProblem(name)).toBeNull();
  },
);

test.each([
  ['Europe/Berlim', 'Did you mean "Europe/Berlin"?'],
  ['europe/berlin', 'Did you mean "Europe/Berlin"?'],
  ['+01:00', 'no timezone of the IANA, such as Europe/Berlin.'],
  ['Mars/Olympus Mons', 'no timezone of the IANA, such as Europe/Berlin.'],
])('the timezone %s is refused', (name, text) => {
  expect(timezoneProblem(name)).toContain(text);
});
