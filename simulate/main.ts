// npm run simulate: plays every scenario on all processors, and says what they proved.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Answer, Job } from './run/job.ts';
import { playJobs } from './run/pool.ts';
import { printed, resultOf, writeFigures } from './run/result.ts';

const HELP = `Simulates rollouts on virtual time: the committed state machine and the real tasks against simulated AWS services.

npm run simulate -- [options]
  --seed <n>        the seed of all that is drawn (default 1)
  --only <text>     only scenarios whose suite and name contain this, for example --only "abort update: ABORTED"
                    "fleet": nothing but the fleets
  --pairs <n|all>   how many pairs of faults to play (default 20000, which is some 125,000 scenarios that differ; all: every pair that differs, hours)
  --share <i/n>     only the i-th of n parts, so that a long run can be left and gone on with: --pairs all --share 3/8
  --processes <n>   how many processes (default: the number of processors)
  --large           also a fleet of 10,000 endpoints
  --json            one JSON object in place of the tables
  --document <file> also writes the tables into the file, between its two marks
  --help

Exit status: 0 no violation, 1 a violation or a seeded defect that was not caught, 2 wrong use.
A violation is printed with the command that plays its scenario again.`;

const options = {
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  pairs: { type: 'string', default: '20000' },
  share: { type: 'string', default: '1/1' },
  processes: { type: 'string', default: String(availableParallelism()) },
  large: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  document: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

function misused(message: string): never {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) misused(`--${name} takes a whole number, not "${text}".`);
  return Number(text);
}

function arguments_() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misused((error as Error).message);
  }
}

const given = arguments_();
if (given.help) {
  console.log(HELP);
  process.exit(0);
}
const seed = whole('seed', given.seed);
const pairs = given.pairs === 'all' ? null : whole('pairs', given.pairs);
const processes = Math.max(1, whole('processes', given.processes));
const { only, large, json } = given;
const [part, parts] = given.share.split('/').map((text) => whole('share', text)) as [number, number];
if (given.share.split('/').length !== 2 || part < 1 || part > parts) misused('--share takes two numbers like 3/8.');

/** Small enough that no process waits long for another's last one. */
const SHARES_EACH = 8;
const of = processes * SHARES_EACH;
const shares = Array.from(
  { length: of },
  (_, index): Job => ({ kind: 'share', seed, pairs, only, of: of * parts, index: part - 1 + parts * index }),
);
// The long ones first; with --only nothing but what is asked for.
const others: Job[] = [
  { kind: 'fleets', seed, large },
  { kind: 'baselines', seed },
  { kind: 'seededDefects', seed },
];
const jobs = only === 'fleet' ? [others[0]!] : only === undefined && part === 1 ? [...others, ...shares] : shares;

const began = performance.now();
let done = 0;
let violations = 0;
let told = 0;
function watch(answer: Answer): void {
  if (answer.kind !== 'progress') return;
  done += answer.done;
  violations += answer.violations;
  if (performance.now() - told < 1_000 || json || !process.stderr.isTTY) return;
  told = performance.now();
  process.stderr.write(
    `\r${done}${answer.all === null ? '' : ` of ${answer.all}`} scenarios, ${Math.round((told - began) / 1000)} s${violations > 0 ? `, ${violations} violations` : ''}   `,
  );
}

const answers = await playJobs(jobs, processes, watch);
const result = resultOf(answers, { seed, pairs, minutes: (performance.now() - began) / 60_000 });
if (!json && process.stderr.isTTY) process.stderr.write('\n');
if (given.document !== undefined) writeFigures(given.document, result);
console.log(json ? JSON.stringify(result) : printed(result));
process.exitCode = result.violations === 0 && result.seededDefects.every(({ caught }) => caught) ? 0 : 1;
