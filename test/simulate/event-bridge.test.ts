// The simulated EventBridge: how SageMaker's events reach the function of the stack's rule, and end a wait of its machine.
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import type { EndpointEvent } from '../../local/hosting/endpoint-event.ts';
import { compile, type Json } from '../../simulate/engine/asl.ts';
import { Account } from '../../simulate/world/account.ts';
import type { Delivery } from '../../simulate/world/aws/event-bridge.ts';
import { stackWith } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import type { SimulatedFunction, World } from '../../simulate/world/functions.ts';
import { WAKER } from '../../simulate/world/stack-names.ts';

const SECOND = 1_000;
const ENDPOINT = 'iris';

const simulated = (name: string, run: SimulatedFunction['run']): SimulatedFunction => ({
  ...{ name, step: name, timeoutSeconds: 60, granted: [], run },
});

async function createEndpoint(account: Account): Promise<void> {
  const make = (operation: string, input: Record<string, unknown>) =>
    account.perform({ service: 'sagemaker', operation, input });
  const Image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1';
  const ExecutionRoleArn = 'arn:aws:iam::000000000000:role/execution';
  await make('CreateModel', { ModelName: 'one', ExecutionRoleArn, PrimaryContainer: { Image } });
  const variant = { VariantName: 'primary', ModelName: 'one', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
  await make('CreateEndpointConfig', { EndpointConfigName: 'one', ProductionVariants: [variant] });
  await make('CreateEndpoint', { EndpointName: ENDPOINT, EndpointConfigName: 'one' });
}

/** What the function was given, with the moment after the endpoint's creation. */
async function given(delivery?: Delivery, run: (nth: number) => void = () => {}, seed = 1) {
  const seen: { after: number; event: Record<string, Json> }[] = [];
  let begun = 0;
  const waker = simulated(WAKER, async ({ clock }: World, event) => {
    seen.push({ after: clock.now().getTime() - begun, event: event as Record<string, Json> });
    run(seen.length);
  });
  const machine = compile({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
  const account = new Account({ machine, functions: { [WAKER]: waker }, seed });
  if (delivery !== undefined) account.endpointEvents!.delivery = delivery;
  account.provisioningMilliseconds = 300 * SECOND;
  begun = account.time.now;
  await createEndpoint(account);
  await account.time.run();
  return seen;
}
const statusOf = ({ event }: { event: Record<string, Json> }) =>
  (event.detail as { EndpointStatus: string }).EndpointStatus;

test('an event comes after its delay, though nobody calls SageMaker meanwhile', async () => {
  const seen = await given(() => [2_000]);
  expect(seen.map((each) => [each.after, statusOf(each)])).toEqual([
    [2_000, 'CREATING'],
    [302_000, 'IN_SERVICE'],
  ]);
  expect(seen[1]!.event).toMatchObject({
    ...{ version: '0', id: 'event-1', source: 'aws.sagemaker', 'detail-type': 'SageMaker Endpoint State Change' },
    ...{ account: '000000000000', region: 'us-east-1', time: '2026-01-01T00:05:00.000Z' },
    resources: ['arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris'],
    detail: { EndpointName: ENDPOINT },
  });
});

test.each<[string, Delivery, readonly string[]]>([
  ['lost', () => [], []],
  ['doubled', () => [100, 5_000], ['CREATING', 'CREATING', 'IN_SERVICE', 'IN_SERVICE']],
  ['overtaken', (_, nth) => [nth === 0 ? 400_000 : 100], ['IN_SERVICE', 'CREATING']],
])('an event may be %s', async (_name, delivery, statuses) => {
  expect((await given(delivery)).map(statusOf)).toEqual(statuses);
});

test('unless a scenario says how, it is drawn from the seed alone', async () => {
  const moments = async (seed: number) => (await given(undefined, undefined, seed)).map(({ after }) => after);
  expect(await moments(1)).toEqual(await moments(1));
  expect(await moments(1)).not.toEqual(await moments(2));
});

test('a function that fails is given the event twice more, after a minute and two, and then no more', async () => {
  const failing = (times: number) => (nth: number) => {
    if (nth <= times) throw new Error('broken');
  };
  const only: Delivery = (_event: EndpointEvent, nth) => (nth === 1 ? [0] : []);
  const twice = await given(only, failing(2));
  expect(twice).toHaveLength(3);
  expect(twice[1]!.after - twice[0]!.after).toBe(60 * SECOND);
  expect(twice[2]!.after - twice[1]!.after).toBe(120 * SECOND);
  expect(await given(only, failing(9))).toHaveLength(3);
});

describe('a machine that waits for the event', () => {
  const definition = {
    StartAt: 'Await',
    States: {
      Await: {
        ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', TimeoutSeconds: 900 },
        Parameters: { FunctionName: 'function:Await', Payload: { 'taskToken.$': '$$.Task.Token' } },
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Done' }],
        ...{ ResultPath: '$.woken', Next: 'Done' },
      },
      Done: { Type: 'Succeed' },
    },
  };

  /** Keeps the token where the other function finds it; both as short as they can be. */
  async function wait(delivery: Delivery, act: (account: Account) => void = () => {}) {
    const kept: { taskToken?: string } = {};
    const refusals: string[] = [];
    const functions = {
      Await: simulated('Await', async (_world, payload) => {
        Object.assign(kept, payload);
      }),
      [WAKER]: simulated(WAKER, async ({ clients }: World, event) => {
        const { EndpointStatus } = (event as { detail: { EndpointStatus: string } }).detail;
        if (EndpointStatus !== 'IN_SERVICE' || kept.taskToken === undefined) return;
        const { taskToken } = kept;
        const input = { taskToken, output: JSON.stringify({ by: EndpointStatus }) };
        await clients.states.send(new SendTaskSuccessCommand(input)).catch((error: Error) => refusals.push(error.name));
      }),
    };
    const account = new Account({ machine: compile(definition), functions, isUnlimited: true });
    account.endpointEvents!.delivery = delivery;
    account.provisioningMilliseconds = 300 * SECOND;
    await createEndpoint(account);
    const execution = account.start('one', {});
    act(account);
    const begun = account.time.now;
    await account.time.run();
    return { execution, seconds: ((execution.stoppedAt ?? 0) - begun) / SECOND, refusals, account };
  }

  test('goes on as soon as it comes, and not before', async () => {
    const { execution, seconds } = await wait(() => [500]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { woken: { by: 'IN_SERVICE' } } });
    expect(seconds).toBeGreaterThan(300.5);
    expect(seconds).toBeLessThan(301);
  });

  test('goes on at its timeout where it is lost, and one that comes later is refused', async () => {
    expect(await wait(() => [])).toMatchObject({ seconds: 900, refusals: [], execution: { status: 'SUCCEEDED' } });
    expect(await wait(() => [1_000 * SECOND])).toMatchObject({ seconds: 900, refusals: ['TaskTimedOut'] });
  });

  test('goes on once where it is doubled', async () => {
    const { execution, refusals } = await wait(() => [500, 600, 5_000]);
    expect(refusals).toEqual(['TaskTimedOut', 'TaskTimedOut']);
    expect(execution.states).toEqual(['Await', 'Done']);
  });

  test('that was stopped meanwhile is woken by nothing', async () => {
    const stop = (account: Account) =>
      account.time.at(account.time.now + 100 * SECOND, () => [...account.executions.values()][0]!.stop());
    const { execution, refusals } = await wait(() => [500], stop);
    expect(refusals).toEqual(['TaskTimedOut']);
    expect(execution.status).toBe('ABORTED');
  });
});

test('the past of an account that is made again is told to nobody, what begins afterwards is', async () => {
  const events: unknown[] = [];
  const waker = simulated(WAKER, async (_world, event) => {
    events.push(event);
  });
  const engine = engineAsItIs();
  const stack = await stackWith('serving', { ...engine, functions: { ...engine.functions, [WAKER]: waker } });
  const { time, endpointEvents } = stack.account;
  const before = time.now;
  endpointEvents!.delivery = () => [0];
  await time.run(() => false, before + 60 * SECOND);
  expect([time.now - before, events.length]).toEqual([60 * SECOND, 0]);
  await stack.person('sagemaker', 'DeleteEndpoint', { EndpointName: ENDPOINT });
  await time.run(() => false, time.now + 60 * SECOND);
  expect(events).toHaveLength(1);
});
