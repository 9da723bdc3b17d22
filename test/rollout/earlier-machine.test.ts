// The stack is updated in the middle of a rollout: the machine's old definition goes on, with the new functions.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { contractCheck } from '../../lambdas/runtime/contract-check.ts';
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { type Handler, runMachine } from '../state-machine/run-machine.ts';
import { goldenCasesOf, RolloutWorld, SHA_1, SHA_2 } from './rollout-world.ts';

const earlier = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../state-machine/earlier/contract-1.asl.json'), 'utf8'),
);
const order: StepName[] = [
  ...([
    'CreateModel',
    'CreateEndpointConfig',
    'DeployEndpoint',
    'CheckEndpoint',
    'RegisterScaling',
    'RunCanary',
  ] as const),
  ...(['RollBack', 'CheckRollback', 'RecordOutcome'] as const),
];

/** What the first contract knew of each document and output. */
const LATER = [
  'candidate',
  'guarded',
  'trafficMoves',
  'patienceSeconds',
  'suspendsScaling',
  'strategy',
  'alarms',
  'extraCapacity',
  'modelSha256',
  'modelErrors',
];
const asBefore = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (key, part) => (LATER.includes(key) ? undefined : key === 'contractVersion' ? 1 : part)),
  );

/** The functions as they are deployed: held to the contract on both sides. */
function deployed(step: StepName, handler: Handler): Handler {
  const { before, after } = contractCheck(step);
  return async (event) => {
    const request = { event, response: undefined as unknown };
    await before?.(request as never);
    request.response = await handler(request.event as Record<string, unknown>);
    await after?.(request as never);
    return request.response;
  };
}

/** An update that began with the first release of the system; from `switched` on every function is today's. */
async function updatedAt(switched: StepName, world: RolloutWorld) {
  const document = await world.documents.write(
    'rollouts/iris/earlier/request.json',
    aResolvedRequest({ verification: 'live' }),
  );
  const request = {
    ...{ problems: [], endpointName: 'iris', upload: null, servedArtifactSha256: null, servableModelFiles: null },
    ...{ document, correlationId: null, startedByKey: null },
  };
  const artifact = {
    ...{ verdict: 'accepted', problems: [], sha256: SHA_2, archive: 'accepted', failure: null },
    location: await world.documents.write(`artifacts/${SHA_2}/model.tar.gz`, null),
    goldenCases: await world.documents.write(`artifacts/${SHA_2}/golden.json`, goldenCasesOf(SHA_2)),
  };
  const execution = { id: 'arn:earlier', name: 'earlier', startedAt: new Date(world.now).toISOString() };
  const wanted = { ...request, action: 'deploy', resolvedAt: execution.startedAt };
  const lease = (await world.handlers.LeaseEndpoint({ execution, request: wanted, lease: null })) as LeaseOutput;
  let isSwitched = false;
  const handlers = Object.fromEntries(
    stepNames.map((step): [StepName, Handler] => [
      step,
      async (payload) => {
        if (step === 'ResolveRequest') return request;
        if (step === 'InspectArtifact') return artifact;
        if (!isSwitched && order.indexOf(step) >= order.indexOf(switched)) {
          isSwitched = true;
          // The first release knew no leases.
          world.leases.records.clear();
        }
        if (isSwitched) return deployed(step, world.handlers[step])(payload);
        const output = asBefore(await world.handlers[step]({ ...payload, lease }));
        if (step === 'PlanRollout') {
          const plan = asBefore(await world.documents.read(output.document));
          await world.documents.write(output.document.key, {
            ...plan,
            deadline: '2026-01-02T00:00:00.000Z',
            extraInstances: 1,
          });
        }
        return output;
      },
    ]),
  ) as Record<StepName, Handler>;
  return runMachine(earlier, handlers, {}, { name: 'earlier', startedAt: execution.startedAt });
}

test.each(order.slice(0, 6))('from %s on: it goes no further, and all is as it was before', async (step) => {
  const world = new RolloutWorld();
  await world.rollOut({ artifactSha256: SHA_1 });
  const before = world.alive();
  const run = await updatedAt(step, world);
  expect(run).toMatchObject({ succeeded: false, error: 'ContractVersionUnsupported' });
  expect(world.outcomes.at(-1)).toMatchObject({ outcome: 'rolledBack', rolloutId: 'earlier' });
  expect(world.alive()).toEqual(before);
});

test('before its outcome is recorded: it is deployed', async () => {
  const world = new RolloutWorld();
  await world.rollOut({ artifactSha256: SHA_1 });
  expect(await updatedAt('RecordOutcome', world)).toMatchObject({ succeeded: true });
  expect(world.outcomes.at(-1)).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: SHA_2 } });
});
