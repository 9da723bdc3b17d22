// The bundles: one for each function, small beside the SDK clients and commands that they hold, and loadable.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFigures, largestBundles } from '../../infra/bundle-figures.ts';
import { buildBundles } from '../../infra/bundles.ts';
import { functionCalls, functionNames, type GrantedCall } from '../../infra/function-calls.ts';
import { entryName } from '../../infra/task-functions.ts';
import { PLATFORM_SETTINGS } from '../request/platform-settings.ts';

const KIB = 1024;
const directory = mkdtempSync(join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const bundles = buildBundles(join(directory, 'bundles'));
const figures = bundleFigures(bundles, join(directory, 'sdk'));

/** TryModel is Python, with a package of its own. */
const inTypeScript = functionNames.filter((name) => name !== 'TryModel');

it('are one for each function', () => {
  expect(Object.keys(bundles.directories).sort()).toEqual(inTypeScript.map(entryName).sort());
});

it.each(figures)('$entry adds at most 210 KiB to its SDK clients and commands', ({ bytes, sdkBytes }) => {
  // Every task calls AWS: a comparison with nothing would prove nothing.
  expect(sdkBytes).toBeGreaterThan(100 * KIB);
  expect((bytes - sdkBytes) / KIB).toBeLessThanOrEqual(210);
});

/** Table and SDK name the same call alike, but for DynamoDB's document client and paginators. */
const commandOf: Partial<Record<string, string>> = {
  'dynamodb:BatchGetItem': 'BatchGetCommand',
  'dynamodb:Query': 'QueryCommand',
  'dynamodb:TransactWriteItems': 'TransactWriteCommand',
};

/** TryModel is Python, with a package of its own. */
it.each(functionNames.filter((name) => name !== 'TryModel'))(
  '%s holds the command of every call that its role is granted',
  (step) => {
    const path = Object.keys(bundles.metafile.outputs).find((output) =>
      output.includes(`/${entryName(step)}/index.mjs`),
    )!;
    const held = Object.entries(bundles.metafile.outputs[path]!.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => /(?:client|lib)-([a-z0-9-]+)\/dist-es\/commands\/(\w+)\.js$/.exec(input))
      .filter((match) => match !== null)
      .map(
        ([, client, command]) => `${client!.replace('application-auto-scaling', 'application-autoscaling')}:${command}`,
      );
    const granted = (functionCalls[step] as readonly GrantedCall[]).map((call) => {
      const operation = typeof call === 'string' ? call : call[0];
      return `${operation.split(':')[0]}:${commandOf[operation] ?? `${operation.split(':')[1]}Command`}`;
    });
    expect(held.length).toBeGreaterThan(0);
    expect(granted.filter((command) => !held.includes(command))).toEqual([]);
  },
);

it('are at most 700 KiB each', () => {
  const { largestBundleKiB, largestOverSdkKiB } = largestBundles(figures);
  expect(largestBundleKiB).toBeLessThanOrEqual(700);
  expect(largestBundleKiB).toBeGreaterThan(largestOverSdkKiB);
});

it('hold no tool of the development', () => {
  const inputs = Object.keys(bundles.metafile.inputs);
  expect(inputs.filter((input) => /node_modules\/(@cloud-copilot|aws-cdk-lib|cdk-nag|esbuild)\//.test(input))).toEqual(
    [],
  );
});

it('take credentials from the environment of the function, and from nowhere else', () => {
  const inputs = Object.values(bundles.metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  expect(inputs.filter((input) => /\/(credential-provider-|credential-providers|nested-clients)/.test(input))).toEqual(
    [],
  );
});

/** What each exports as its handler: in one process, since a bundle shares nothing with another. */
let exported: Record<string, string>;
beforeAll(() => {
  const load = `const exported = {};
    for (const [entry, folder] of Object.entries(${JSON.stringify(bundles.directories)}))
      exported[entry] = typeof (await import(folder + '/index.mjs')).handler;
    console.log(JSON.stringify(exported));`;
  // Far from node_modules, as on Lambda; only the names that the stack sets.
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', load], {
    cwd: directory,
    env: {
      AWS_REGION: 'us-east-1',
      BUCKET_NAME: 'bucket',
      LEDGER_TABLE_NAME: 'ledger',
      OUTCOME_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:topic',
      EVENT_BUS_NAME: 'bus',
      EXECUTION_ROLE_ARN: 'arn:aws:iam::111122223333:role/execution',
      STACK_NAME: 'Deployer',
      ACCOUNT_ID: '111122223333',
      STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:Deployer-Rollout',
      PLATFORM_SETTINGS: JSON.stringify(PLATFORM_SETTINGS),
    },
    encoding: 'utf8',
  });
  exported = JSON.parse(output);
});

it.each(Object.keys(bundles.directories))('%s loads on its own and exports a handler', (entry) => {
  expect(exported[entry]).toBe('function');
});
