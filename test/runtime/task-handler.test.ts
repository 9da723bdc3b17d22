import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import { taskHandler } from '../../lambdas/runtime/task-handler.ts';
import type { StepInput } from '../../state-machine/contract/steps.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';

const planned = {
  verdict: 'proceed',
  endpointName: 'iris',
  operation: 'create',
  modelNames: ['iris-1'],
  endpointConfigName: 'iris-1',
  previousEndpointConfigName: null,
  candidate: null,
  guarded: false,
  document: { bucket: 'b', key: 'rollouts/iris/rollout-7/plan.json' },
} as const;
const lease = aLeaseOutput({ holder: 'rollout-7' });
const payload = { contractVersion: CONTRACT_VERSION, plan: planned, lease };
const context = (milliseconds = 60_000) => ({
  functionName: 'f',
  awsRequestId: 'r',
  getRemainingTimeInMillis: () => milliseconds,
});

let lines: string[];
beforeEach(() => {
  lines = [];
  const keep = (text: string | Uint8Array) => {
    lines.push(...String(text).trim().split('\n'));
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => jest.restoreAllMocks());

const logged = () => lines.map((line) => JSON.parse(line)).filter((line) => !('_aws' in line));
const measured = () => lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
// biome-ignore lint/suspicious/noExplicitAny: a Lambda runtime hands over whatever it got
const invoke = (handler: unknown, event: any, remaining?: number) =>
  (handler as (event: unknown, context: unknown) => Promise<unknown>)(event, context(remaining));

test('a task receives what its step reads, without version or strangers, and returns its own value alone', async () => {
  const seen: StepInput<'CreateModel'>[] = [];
  const handler = taskHandler('CreateModel', async (input) => {
    seen.push(input);
    return { names: ['iris-1'], made: 'created', smuggled: 1 } as never;
  });
  expect(await invoke(handler, { ...payload, stranger: 1 })).toEqual({ names: ['iris-1'], made: 'created' });
  expect(seen).toEqual([{ plan: planned, lease }]);
});

test('each run leaves one log line with step, rollout and result, and one metric', async () => {
  await invoke(
    taskHandler('CreateModel', async () => ({ names: ['n'], made: 'adopted' })),
    payload,
  );
  expect(logged()).toEqual([
    expect.objectContaining({ step: 'CreateModel', rolloutId: 'rollout-7', result: 'adopted', level: 'INFO' }),
  ]);
  expect(measured()).toEqual([
    expect.objectContaining({
      service: 'sagemaker-deployer',
      step: 'CreateModel',
      result: 'adopted',
      Tasks: 1,
      _aws: expect.objectContaining({
        CloudWatchMetrics: [
          expect.objectContaining({ Namespace: 'SageMakerDeployer', Dimensions: [['service', 'step', 'result']] }),
        ],
      }),
    }),
  ]);
});

test('keys of one run do not stay for the next one of the same function', async () => {
  const handler = taskHandler('CreateModel', async () => ({ names: ['n'], made: 'created' }));
  await invoke(handler, payload);
  const other = { ...planned, document: { bucket: 'b', key: 'rollouts/iris/rollout-8/plan.json' } };
  await invoke(handler, { ...payload, plan: other });
  expect(logged().map((line) => line.rolloutId)).toEqual(['rollout-7', 'rollout-8']);
  expect(measured().map((line) => line.Tasks)).toEqual([1, 1]);
});

test.each([
  ['one that is retried', new RolloutError('Throttled', 'slow down'), 'WARN', 'Throttled', 'aws'],
  ['one that ends the rollout', new RolloutError('QuotaExceeded', 'full'), 'ERROR', 'QuotaExceeded', 'platform'],
  ['a bug', new TypeError('x is undefined'), 'ERROR', 'Unexpected', 'deployer'],
])('an error is logged, counted and thrown on under its own name: %s', async (_, error, level, result, fault) => {
  const handler = taskHandler('CreateModel', async () => {
    throw error;
  });
  await expect(invoke(handler, payload)).rejects.toBe(error);
  expect(logged()).toEqual([expect.objectContaining({ level, fault, rolloutId: 'rollout-7' })]);
  expect(measured()).toEqual([expect.objectContaining({ result })]);
});

test('nothing of the event reaches the log, not even when it is refused', async () => {
  const event = {
    contractVersion: CONTRACT_VERSION,
    execution: { id: 'a', name: 'n' },
    trigger: { secret: 'hunter2' },
    request: null,
  };
  const handler = taskHandler('ResolveRequest', async () => ({ password: 'hunter2' }) as never);
  await expect(invoke(handler, event)).rejects.toMatchObject({ name: 'ContractVersionUnsupported' });
  await expect(invoke(handler, { ...event, execution: { id: 'a', name: 'n', startedAt: 's' } })).rejects.toMatchObject({
    name: 'ContractVersionUnsupported',
    message: expect.stringContaining('problems:'),
  });
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join()).not.toContain('hunter2');
});

test.each([
  ['a future version', { ...payload, contractVersion: 99 }],
  ['no version', { plan: planned }],
  ['nothing', null],
  ['text', 'hello'],
])('the contract version is checked before the task runs: %s', async (_, event) => {
  const task = jest.fn();
  await expect(invoke(taskHandler('CreateModel', task), event)).rejects.toMatchObject({
    name: 'ContractVersionUnsupported',
  });
  expect(task).not.toHaveBeenCalled();
});

test('what does not have the shape is refused with its places', async () => {
  const handler = taskHandler('CreateModel', jest.fn());
  const event = { ...payload, plan: { ...planned, operation: 5 } };
  await expect(invoke(handler, event)).rejects.toThrow(/plan\.operation/);
});

test('a task that runs out of time ends under a name that the machine knows', async () => {
  const handler = taskHandler('CreateModel', () => new Promise(() => {}));
  await expect(invoke(handler, payload, 20)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  expect(measured()).toEqual([expect.objectContaining({ result: 'ServiceUnavailable' })]);
});
