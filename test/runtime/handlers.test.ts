import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNames } from '../../lambdas/runtime/environment.ts';
import { stepNames } from '../../state-machine/contract/steps.ts';
import { PLATFORM_SETTINGS } from '../request/platform-settings.ts';

const folder = join(import.meta.dirname, '../../lambdas/handlers');
const fileOf = (step: string) => `${step.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase()}.ts`;
const before = { ...process.env };

beforeEach(() => {
  for (const name of Object.values(environmentNames)) process.env[name] = 'value';
  process.env[environmentNames.platformSettings] = JSON.stringify(PLATFORM_SETTINGS);
  process.env.AWS_REGION = 'eu-west-1';
  jest.resetModules();
});
afterEach(() => {
  process.env = { ...before };
});

/** TryModel is Python: serving-image/model_trial. */
const inTypeScript = stepNames.filter((step) => step !== 'TryModel');

test('every step has its handler, and so have the waits, their events and the sweeper; nothing else has', () => {
  expect(readdirSync(folder).sort()).toEqual(
    [...inTypeScript.map(fileOf), 'await-change.ts', 'wake-rollout.ts', 'sweep.ts'].sort(),
  );
});

test.each(inTypeScript)('the handler of %s checks what it is given by the contract of its own step', async (step) => {
  const { handler } = require(join(folder, fileOf(step)));
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const refusal = handler({ contractVersion: -1 }, { getRemainingTimeInMillis: () => 1000 });
  await expect(refusal).rejects.toMatchObject({
    name: 'ContractVersionUnsupported',
    message: expect.stringMatching(new RegExp(`^${step} reads contract version`)),
  });
  jest.restoreAllMocks();
});

test.each([environmentNames.bucketName, environmentNames.platformSettings, 'AWS_REGION'])(
  'a function without %s does not come up',
  (name) => {
    delete process.env[name];
    expect(() => require(join(folder, 'resolve-request.ts'))).toThrow(name);
  },
);

test('a function with other settings than the contract knows does not come up', () => {
  process.env[environmentNames.platformSettings] = JSON.stringify({ ...PLATFORM_SETTINGS, maximumInstances: 'many' });
  expect(() => require(join(folder, 'resolve-request.ts'))).toThrow(/maximumInstances/);
});
