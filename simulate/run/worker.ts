// One of the processes that do the work: it plays shares of the catalogue, or one of the other parts, as it is told.
import { playBaselines } from '../baselines/play.ts';
import { playFleets } from '../fleets/play.ts';
import { playSeededDefects } from '../seeded-defects/play.ts';
import { catalogue, scenariosOf } from '../suites/catalogue.ts';
import { play, type Scenario } from '../suites/scenario.ts';
import { engineAsItIs } from '../world/engine.ts';
import type { Answer, Job } from './job.ts';
import { count, emptyTally } from './tally.ts';

/** Errors are answers here, and nobody reads where they were thrown. */
Error.stackTraceLimit = 0;
const REPORT_MILLISECONDS = 1_000;

let known: { of: string; scenarios: Scenario[] } | undefined;

/** All at once, and so for every share of them, where they can be counted. */
async function scenariosFor({ seed, pairs, only }: Job & { kind: 'share' }) {
  if (pairs === null) return { all: null, scenarios: scenariosOf({ seed, pairs: Number.POSITIVE_INFINITY, only }) };
  const of = JSON.stringify([seed, pairs, only]);
  if (known?.of !== of) known = { of, scenarios: await catalogue({ seed, pairs, only }) };
  return { all: known.scenarios.length, scenarios: known.scenarios };
}

async function playShare(job: Job & { kind: 'share' }, tell: (answer: Answer) => void): Promise<Answer> {
  const { all, scenarios } = await scenariosFor(job);
  const engine = engineAsItIs();
  const tally = emptyTally();
  let told = Date.now();
  // Since it was told last.
  let done = 0;
  let reported = 0;
  const report = () => {
    tell({ kind: 'progress', done, all, violations: tally.violationCount - reported });
    told = Date.now();
    done = 0;
    reported = tally.violationCount;
  };
  let number = 0;
  for await (const scenario of scenarios) {
    if (number++ % job.of !== job.index) continue;
    count(tally, await play(engine, scenario, job.seed));
    done += 1;
    if (Date.now() - told >= REPORT_MILLISECONDS) report();
  }
  report();
  return { kind: 'share', tally };
}

async function work(job: Job, tell: (answer: Answer) => void): Promise<Answer> {
  switch (job.kind) {
    case 'share':
      return playShare(job, tell);
    case 'seededDefects':
      return { kind: 'seededDefects', bugs: await playSeededDefects(job.seed) };
    case 'baselines':
      return { kind: 'baselines', baselines: await playBaselines(job.seed) };
    case 'fleets':
      return { kind: 'fleets', fleets: await playFleets(job.seed, job.large) };
  }
}

process.on('message', (job: Job) => {
  const tell = (answer: Answer) => process.send!(answer);
  work(job, tell).then(tell, (error: Error) => tell({ kind: 'failed', message: `${error.name}: ${error.message}` }));
});
