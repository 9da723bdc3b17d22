// `plan` as a person and a pipeline meet it: what is said, in which shape, with which exit status.

import { Writable } from 'node:stream';
import { planReport } from '../../cli/commands/plan.ts';
import { runCli } from '../../cli/run-cli.ts';
import { planText } from '../../cli/terminal/plan-words.ts';
import { costOf } from '../../client/planning/plan-cost.ts';
import type { PlanVerdict, RolloutPlan } from '../../client/planning/rollout-plan.ts';
import { read } from '../docs/markdown.ts';
import { PlannedStack } from '../plan/planned-account.ts';

const model = { name: 'iris-m-1', artifactSha256: 'a'.repeat(64), imageDigest: `sha256:${'d'.repeat(64)}` };
const instances = (type: string, count: number) => ({ type, count });

const update: RolloutPlan = {
  ...{ verdict: 'proceed', endpointName: 'iris', operation: 'update', problems: [], waitsFor: null },
  warnings: ['rollout-2 (deploy) changes iris.'],
  unknown: ['The states of alarms: denied'],
  changes: [
    { action: 'adopt', kind: 'model', name: 'iris-m-1', detail: null },
    { action: 'createAndRemove', kind: 'candidate', name: null, detail: 'primary on 1 x ml.c5.large' },
    { action: 'update', kind: 'endpoint', name: 'iris', detail: 'from iris-c-1 to iris-c-2' },
  ],
  settings: [{ setting: 'hosting.instanceCount', from: '1', to: '2' }],
  variants: [
    {
      ...{ name: 'primary', model, weight: { before: 1, after: 3 } },
      instances: { before: instances('ml.m5.large', 1), after: instances('ml.c5.large', 2) },
    },
    {
      ...{ name: 'old', model: null, weight: { before: 1, after: null } },
      instances: { before: instances('ml.p5.large', 1), after: null },
    },
  ],
  traffic: 'linear, 50 % every 120 s',
  weightSteps: [],
  extraCapacity: [
    { for: 'candidate', variantName: 'primary', instanceType: 'ml.c5.large', instances: 1, atMostSeconds: 3600 },
    { for: 'secondFleet', variantName: 'primary', instanceType: 'ml.c5.large', instances: 2, atMostSeconds: 5400 },
  ],
  extraInstanceHours: [{ instanceType: 'ml.c5.large', atMostHours: 4 }],
  concurrency: null,
};

/** Made up. */
const prices = {
  currency: 'XTS',
  perHour: new Map([
    ['ml.m5.large', 0.5],
    ['ml.c5.large', 2],
  ]),
};

test('an update in words', () => {
  expect(planText(update, costOf(update, prices)).split('\n')).toEqual([
    'iris would be updated.',
    '',
    'ACTION               WHAT                NAME',
    'keep                 model               iris-m-1',
    'create, then remove  candidate endpoint  primary on 1 x ml.c5.large',
    'update               endpoint            iris (from iris-c-1 to iris-c-2)',
    '',
    'VARIANT  WEIGHT  TRAFFIC        MODEL         IMAGE         INSTANCES',
    'primary  1 -> 3  50 % -> 100 %  aaaaaaaaaaaa  dddddddddddd  1 x ml.m5.large -> 2 x ml.c5.large',
    'old      1 -> -  50 % -> -      (removed)                   1 x ml.p5.large -> -',
    '',
    'Settings:',
    '- hosting.instanceCount: 1 -> 2',
    '',
    'How the traffic moves: linear, 50 % every 120 s.',
    '',
    'Extra instances, for the time of the rollout:',
    '- candidate of primary: 1 x ml.c5.large, at most 1 h each',
    '- second fleet of primary: 2 x ml.c5.large, at most 1.5 h each',
    'Instance hours in all, at most: ml.c5.large 4 h',
    '',
    'By the prices given: at most 8.00 XTS for the extra instances; those that serve 0.50 XTS -> 4.00 XTS an hour.',
    'Without a price, and in none of these amounts: ml.p5.large',
    '',
    'Warning: rollout-2 (deploy) changes iris.',
    '',
    'Unknown, for AWS refuses to tell: The states of alarms: denied',
    '',
    'Nothing was changed.',
  ]);
});

test('no price is known here, and none is guessed', () => {
  expect(planText(update, null)).not.toMatch(/price/);
  expect(costOf(update, { currency: null, perHour: new Map() }).withoutPrice).toEqual([
    'ml.c5.large',
    'ml.m5.large',
    'ml.p5.large',
  ]);
});

test.each<[PlanVerdict, number, string]>([
  ['proceed', 0, 'iris would be updated.'],
  ['unchanged', 0, 'iris serves exactly this already: nothing would change.'],
  ['rejected', 1, 'The rollout would be rejected, for one problem:\n- model: It is missing.'],
  ['wait', 2, 'iris cannot be planned now: It is Updating. Plan again then.'],
  ['unknown', 2, 'What a rollout of iris would do is not known with these credentials.'],
])('%s ends with status %i', async (verdict, status, said) => {
  const problems = verdict === 'rejected' ? [{ where: 'model', message: 'It is missing.' }] : [];
  const planned = { ...update, verdict, problems, waitsFor: 'It is Updating.' };
  const input = { kind: 'request', request: {} } as const;
  const report = await planReport(async () => planned, input, null);
  expect(report).toMatchObject({ status, json: { ...planned, cost: null } });
  expect(report.text.startsWith(said)).toBe(true);
});

test('the object of --json has the fields that its page names', async () => {
  using stack = new PlannedStack();
  const planned = await stack.planFile(await stack.archiveFile('good', 1), { endpoint: 'iris' });
  const { json } = await planReport(async () => planned, { kind: 'request', request: {} }, prices);
  const named = [...read('docs/plan.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
  expect(named).toEqual(Object.keys(json as object));
});

describe('what is refused before any call', () => {
  async function run(...parameters: string[]) {
    let stderr = '';
    const sink = (told: (text: string) => void) =>
      new Writable({
        write: (chunk, _, done) => {
          told(String(chunk));
          done();
        },
      });
    const status = await runCli(['plan', ...parameters], {
      stdout: sink(() => {}),
      stderr: sink((text) => {
        stderr += text;
      }),
    });
    return [status, stderr];
  }

  test.each<[string, string[], RegExp]>([
    ['an archive without an endpoint', ['model.tar.gz'], /^--endpoint names the endpoint that model.tar.gz is for/],
    ['no file', ['none.tar.gz', '--endpoint', 'iris'], /^There is no file none.tar.gz/],
    ['no request', ['none.json'], /^There is no file none.json/],
    ['a wrong endpoint', ['model.tar.gz', '--endpoint', 'Iris_1'], /^"Iris_1" cannot name an endpoint/],
    [
      'a request of a version',
      ['none.json', '--version', 'v1'],
      /^--version, --variant and --manifest are for archives/,
    ],
    ['a manifest of no endpoint', ['package.json', '--endpoint', 'Iris_1'], /^"Iris_1" cannot name an endpoint/],
    ['prices that are none', ['package.json', '--prices', 'package.json'], /^package.json holds no prices/],
    ['no prices', ['package.json', '--prices', 'none.json'], /^There is no file none.json/],
    ['no JSON', ['README.md', '--endpoint', 'iris', '--manifest', 'none.json'], /^There is no file none.json/],
  ])('%s', async (_, parameters, said) => {
    expect(await run(...parameters)).toEqual([2, expect.stringMatching(said)]);
  });
});
