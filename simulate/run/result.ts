// What a run of the simulation found: one object, and the tables that people and the documentation read.
import { readFileSync, writeFileSync } from 'node:fs';
import { outcomeNames } from '../../state-machine/contract/outcome.ts';
import type { BaselineResult } from '../baselines/play.ts';
import type { FleetResult } from '../fleets/play.ts';
import { rules } from '../judging/rules.ts';
import type { DefectResult } from '../seeded-defects/play.ts';
import { suites } from '../suites/catalogue.ts';
import { type HostingName, hostingNames } from '../world/situations.ts';
import type { Answer } from './job.ts';
import { add, emptyTally, type Tally, total, type Violation } from './tally.ts';

export interface Result {
  readonly seed: number;
  /** Null: all. */
  readonly pairs: number | null;
  readonly scenarios: number;
  readonly executions: number;
  /** Distinct scenarios that changed something at SageMaker or aborted an execution. */
  readonly distinct: number;
  /** Scenarios in which every rollout ended rejected. */
  readonly rejected: number;
  readonly violations: number;
  readonly minutes: number;
  readonly suites: Tally['suites'];
  /** Of those that are distinct, by the hosting of their endpoint. */
  readonly hostings: Readonly<Record<HostingName, number>>;
  readonly plantedBugsCaught: number;
  readonly seededDefects: DefectResult[];
  readonly baselines: BaselineResult[];
  readonly fleets: FleetResult[];
  readonly firstViolations: (Violation & { readonly again: string })[];
}

export function resultOf(
  answers: readonly Answer[],
  of: { seed: number; pairs: number | null; minutes: number },
): Result {
  const tally = emptyTally();
  for (const answer of answers) if (answer.kind === 'share') add(tally, answer.tally);
  const seededDefects = answers.flatMap((answer) => (answer.kind === 'seededDefects' ? answer.bugs : []));
  const fleets = answers.flatMap((answer) => (answer.kind === 'fleets' ? answer.fleets : []));
  const firstViolations = tally.violations.map((violation) => ({ ...violation, again: again(violation, of.pairs) }));
  return {
    ...of,
    scenarios: total(tally, 'scenarios'),
    executions: total(tally, 'executions'),
    distinct: total(tally, 'distinct'),
    rejected: total(tally, 'rejected'),
    violations: tally.violationCount + fleets.reduce((sum, { violations }) => sum + violations.length, 0),
    suites: Object.fromEntries(
      Object.keys(suites).flatMap((name) => (tally.suites[name] ? [[name, tally.suites[name]]] : [])),
    ),
    hostings: Object.fromEntries(
      hostingNames.map((hosting) => [hosting, ofHosting(tally.suites, hosting).reduce((sum, count) => sum + count, 0)]),
    ) as Result['hostings'],
    plantedBugsCaught: seededDefects.filter(({ caught }) => caught).length,
    seededDefects,
    baselines: answers.flatMap((answer) => (answer.kind === 'baselines' ? answer.baselines : [])),
    fleets,
    firstViolations,
  };
}

/** In a shell's single quotes. A pair of faults is drawn: it is found again only among as many. */
const again = ({ suite, name, seed }: Violation, pairs: number | null) =>
  `npm run simulate -- --seed ${seed}${suite === 'pair' ? ` --pairs ${pairs ?? 'all'}` : ''} --only '${`${suite} ${name}`.replaceAll("'", `'"'"'`)}'`;

/** Puts the tables where the documentation wants them. */
export function writeFigures(file: string, result: Result): void {
  const text = readFileSync(file, 'utf8');
  const [before, rest] = text.split('<!-- begin figures -->');
  const after = rest?.split('<!-- end figures -->')[1];
  if (after === undefined) throw new Error(`${file} has no place for the figures.`);
  const figures = `<!-- begin figures -->\n\n${printed(result)}\n\n<!-- end figures -->`;
  writeFileSync(file, `${before}${figures}${after}`);
}

/** By suite. */
const ofHosting = (all: Tally['suites'], hosting: HostingName): number[] =>
  Object.values(all).map(({ hostings }) => hostings[hosting] ?? 0);

type Row = readonly (string | number)[];
/** As Markdown, so that the documentation shows what the run printed. */
function table(head: Row, rows: readonly Row[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return lines.join('\n');
}

export function printed(result: Result): string {
  const parts: string[] = [];
  const rows = Object.entries(result.suites).map(([name, suite]) => [
    ...[name, suites[name]!.text, suite.distinct, suite.executions],
    ...outcomeNames.map((outcome) => suite.outcomes[outcome] ?? 0),
  ]);
  parts.push(table(['Suite', 'What fails', 'Distinct', 'Executions', ...outcomeNames], rows));
  parts.push(
    table(
      ['Hosting', 'Distinct', ...Object.keys(result.suites)],
      hostingNames.map((hosting) => [hosting, result.hostings[hosting], ...ofHosting(result.suites, hosting)]),
    ),
  );
  if (result.seededDefects.length > 0)
    parts.push(
      table(
        ['Rule', 'Planted bug', 'Caught after'],
        result.seededDefects.map(({ rule, name, caught, scenarios }) => [
          rule,
          name,
          caught ? `${scenarios} scenarios` : `NOT CAUGHT in ${scenarios}`,
        ]),
      ),
    );
  if (result.baselines.length > 0) {
    const ours = Object.fromEntries(
      rules.map(({ name }) => [name, result.firstViolations.filter(({ rule }) => rule === name).length]),
    );
    const held = Object.keys(result.baselines[0]!.broken);
    parts.push(
      table(
        [
          'Rule',
          ...result.baselines.map(({ client, scenarios }) => `${client} (of ${scenarios})`),
          `this deployer (of ${result.scenarios})`,
        ],
        held.map((rule) => [rule, ...result.baselines.map(({ broken }) => broken[rule] ?? 0), ours[rule] ?? 0]),
      ),
    );
  }
  if (result.fleets.length > 0)
    parts.push(
      table(
        [
          'Fleet',
          'Minutes',
          'Least possible',
          'Times the ideal',
          'Calls per rollout',
          'Refused per rollout',
          'Outcomes',
        ],
        result.fleets.map((fleet) => [
          ...[
            fleet.name,
            fleet.minutes.toFixed(1),
            fleet.idealMinutes.toFixed(1),
            fleet.timesTheIdeal.toFixed(2),
            fleet.callsPerRollout.toFixed(1),
            fleet.refusedPerRollout.toFixed(1),
          ],
          Object.entries(fleet.outcomes)
            .map(([outcome, times]) => `${times} ${outcome}`)
            .join(', '),
        ]),
      ),
    );
  for (const { name, violations } of result.fleets)
    for (const violation of violations) parts.push(`${name}: ${violation}`);
  for (const { rule, what, again } of result.firstViolations.slice(0, 20)) parts.push(`${rule}: ${what}\n  ${again}`);
  const bugs =
    result.seededDefects.length > 0
      ? `, ${result.plantedBugsCaught} of ${result.seededDefects.length} seeded defects caught`
      : '';
  parts.push(
    `${result.executions} executions of ${result.distinct} distinct scenarios (${result.rejected} more were rejected), ` +
      `${result.violations} violations${bugs}, ${result.minutes.toFixed(1)} minutes, seed ${result.seed}.`,
  );
  return parts.join('\n\n');
}
