// What a watcher is told, from histories of the real machine.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { changeLine } from '../../cli/terminal/change-line.ts';
import { historyReader } from '../../client/history/read-history.ts';
import type { ExecutionEnded, StateChange } from '../../client/history/state-change.ts';
import { recordedHistory } from './recorded-history.ts';
import { deployment, failed, good, outcome, planned } from './rollout-script.ts';

function read(events: HistoryEvent[]): StateChange[] {
  const reader = historyReader();
  return events.flatMap(reader);
}

function lines(events: HistoryEvent[]): string[] {
  const changes = read(events);
  return changes.map((change) => changeLine(change, changes[0]!.at)).filter((line) => line !== null);
}

const thrown = (name: string, message: string) => Object.assign(new Error(message), { name });
const endOf = (events: HistoryEvent[]) => read(events).at(-1) as ExecutionEnded;

test('each task and each wait has a line with its time and what came of it', async () => {
  expect(lines(await recordedHistory(good))).toEqual([
    '   0.35 s  ResolveRequest          0.20 s  endpoint iris, models/iris/v1/model.tar.gz',
    '   0.70 s  InspectArtifact         0.20 s  accepted, sha256 aaaaaaaaaaaa, with golden cases',
    '   1.05 s  LeaseEndpoint           0.20 s  granted',
    '   1.40 s  PlanRollout             0.20 s  create iris',
    '   1.75 s  CreateModel             0.20 s  created iris-m-1',
    '   2.00 s  CreateEndpointConfig    0.20 s  adopted iris-c-1',
    '   2.45 s  DeployEndpoint          0.20 s  Creating',
    '   2.60 s  WaitForEndpoint         5.00 s  waits: the endpoint is Creating',
    '   8.10 s  CheckEndpoint           0.20 s  Creating, waiting for /ping',
    '   8.25 s  WaitForEndpoint         5.00 s  waits: the endpoint is Creating: waiting for /ping',
    '   13.8 s  CheckEndpoint           0.20 s  InService',
    '   14.3 s  RegisterScaling         0.20 s  set for endpoint/iris/variant/primary',
    '   14.6 s  RunCanary               0.20 s  passed, 5 of 5 golden cases right, 20 of 20 requests answered, p50 4 ms, p99 12 ms',
    '   14.9 s  RetireSuperseded        0.20 s',
    '   15.2 s  RecordOutcome           0.20 s  deployed',
    '   15.4 s  Ended                           deployed (golden)',
  ]);
});

test.each([
  ['answered', { sent: 20, failed: 0 }, /passed, no golden cases; the model answered .*, 20 of 20 requests answered$/],
  ['healthOnly', { sent: 0, failed: 0 }, /passed, no golden cases, and no answer was checked; .* was passed$/],
] as const)('without golden cases it says what was checked: %s', async (verified, requests, told) => {
  const [passed] = good.RunCanary as [object];
  const none = { goldenCases: { passed: 0, failed: 0 }, latencyMilliseconds: null };
  const history = await recordedHistory({ ...good, RunCanary: [{ ...passed, ...none, verified, requests }] as never });
  expect(lines(history).find((line) => line.includes('RunCanary'))).toMatch(told);
});

test('who waits for the endpoint is told why', async () => {
  const [granted] = good.LeaseEndpoint as [object];
  const waiting = { ...granted, verdict: 'waiting', waitSeconds: 4, reason: 'a newer upload may follow at once' };
  const history = await recordedHistory({ ...good, LeaseEndpoint: [waiting, granted] as never });
  expect(lines(history)).toContainEqual(
    expect.stringMatching(/WaitForLease +4.00 s {2}waits: a newer upload may follow at once$/),
  );
});

test.each([
  ['TaskTimedOut', 'taskTimedOutEventDetails'],
  ['TaskFailed', 'taskFailedEventDetails'],
])('a wait that nobody ended has failed nothing: %s', (type, details) => {
  const at = new Date(0);
  const events = (error: string) =>
    [
      { id: 1, timestamp: at, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'WaitForEndpoint' } },
      { id: 2, timestamp: at, type: 'TaskScheduled' },
      { id: 3, timestamp: at, type, [details]: { error, cause: '' } },
    ] as HistoryEvent[];
  expect(read(events('States.Timeout')).map((change) => change.type)).toEqual(['entered']);
  expect(read(events('AccessDenied')).at(-1)).toMatchObject({ type: 'attemptFailed', error: 'AccessDenied' });
});

test('the last change carries the outcome, of a success and of a failure', async () => {
  expect(endOf(await recordedHistory(good))).toMatchObject({
    type: 'ended',
    status: 'SUCCEEDED',
    outcome,
    error: null,
  });

  const rejected = failed('rejected', 'RequestRejected', 'The archive is truncated.');
  const failure = { Error: 'RequestRejected', Cause: 'The archive is truncated.' };
  const refused = {
    verdict: 'rejected',
    sha256: null,
    location: null,
    goldenCases: null,
    archive: 'rejected',
    inspected: null,
    failure,
  } as const;
  const problems = [{ where: 'model.tar.gz', message: 'The archive is truncated.' }];
  const history = await recordedHistory({
    ...good,
    InspectArtifact: [{ ...refused, problems }],
    RecordOutcome: [rejected],
  });
  expect(endOf(history)).toMatchObject({ status: 'FAILED', outcome: rejected, error: 'RequestRejected' });
  expect(lines(history)).toContainEqual(expect.stringMatching(/InspectArtifact .* rejected, 1 problem$/));
});

test('every state of the machine is told of, routing states too', async () => {
  const events = await recordedHistory(good);
  const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
  const changes = read(events);
  expect(changes.flatMap((change) => (change.type === 'entered' ? [change.state] : []))).toEqual(entered);
  expect(changes.flatMap((change) => (change.type === 'exited' ? [change.state] : []))).toEqual(entered);
});

test('a retry is told with its error, in the words of the task and not as JSON of Lambda', async () => {
  const script = { ...good, CreateModel: [thrown('Throttled', 'Rate exceeded'), ...good.CreateModel!] };
  const changes = read(await recordedHistory(script));
  expect(changes).toContainEqual(
    expect.objectContaining({
      type: 'attemptFailed',
      state: 'CreateModel',
      attempt: 1,
      error: 'Throttled',
      cause: 'Rate exceeded',
    }),
  );
  const exited = changes.find((change) => change.type === 'exited' && change.state === 'CreateModel');
  expect(exited).toMatchObject({ attempts: 2, caught: null, result: 'created iris-m-1' });
  expect(lines(await recordedHistory(script))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/CreateModel .* attempt 1 failed: Throttled: Rate exceeded$/),
      expect.stringMatching(/CreateModel .* created iris-m-1 \(after 2 attempts\)$/),
    ]),
  );
});

const rollback = {
  startedAt: '',
  deadline: '',
  updateAttempts: 0,
  changeSeen: true,
  unchangedPolls: 0,
  lastUnchangedPollAt: null,
  candidate: 'none' as const,
  done: [],
  left: [],
  warnings: [],
  waitSeconds: 30,
};

test('an error that is caught is told as such, and the rollback with its waits', async () => {
  const history = await recordedHistory({
    ...good,
    DeployEndpoint: [thrown('AccessDenied', 'not authorized to perform: sagemaker:CreateEndpoint')],
    RollBack: [{ ...rollback, verdict: 'waiting', status: 'Deleting' }],
    CheckRollback: [
      { ...rollback, verdict: 'rolledBack', status: null, done: ['deleted iris-c-1', 'deleted iris-m-1'] },
    ],
    RecordOutcome: [failed('rolledBack', 'AccessDenied', 'not authorized')],
  });
  const told = lines(history).join('\n');
  expect(told).toMatch(/DeployEndpoint .* attempt 1 failed: AccessDenied: not authorized to perform/);
  expect(told).toMatch(/DeployEndpoint .* gave up: AccessDenied\n/);
  expect(told).toMatch(/WaitForRollback +30\.0 s {2}waits: the endpoint is Deleting\n/);
  expect(told).toMatch(/CheckRollback .* rolledBack, deleted iris-c-1, deleted iris-m-1\n/);
  expect(endOf(history)).toMatchObject({ status: 'FAILED', outcome: { outcome: 'rolledBack' } });
});

test('a wait for somebody else says whom it waits for', async () => {
  const reason = 'iris is Updating: auto scaling';
  const script = { ...good, PlanRollout: [{ verdict: 'wait' as const, waitSeconds: 60, reason }, planned] };
  expect(lines(await recordedHistory(script))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/WaitForIdleEndpoint +60\.0 s {2}waits: iris is Updating: auto scaling$/),
    ]),
  );
});

test('a failed deployment is told with the reason that SageMaker gave', async () => {
  const failure = { Error: 'DeploymentFailed', Cause: 'The container did not answer /ping.' };
  const history = await recordedHistory({
    ...good,
    CheckEndpoint: [
      deployment('Failed', { verdict: 'failed', failure, failureReason: 'did not pass the ping health check' }),
    ],
    RollBack: [{ ...rollback, waitSeconds: 0, done: ['deleted iris'], verdict: 'rolledBack', status: null }],
    RecordOutcome: [failed('rolledBack', 'DeploymentFailed', 'ping')],
  });
  expect(lines(history)).toContainEqual(
    expect.stringMatching(/CheckEndpoint .* Failed, did not pass the ping health check$/),
  );
});

test.each([
  ['LambdaFunctionTimedOut', 'lambdaFunctionTimedOutEventDetails', 'States.Timeout'],
  ['LambdaFunctionScheduleFailed', 'lambdaFunctionScheduleFailedEventDetails', 'Lambda.TooManyRequestsException'],
  ['LambdaFunctionStartFailed', 'lambdaFunctionStartFailedEventDetails', 'States.Runtime'],
  ['TaskFailed', 'taskFailedEventDetails', 'NotReady'],
  ['TaskTimedOut', 'taskTimedOutEventDetails', 'States.Timeout'],
])('%s is a failed attempt', (type, details, error) => {
  const at = new Date(0);
  const events = [
    { id: 1, timestamp: at, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'CreateModel', input: '{}' } },
    { id: 2, timestamp: at, type: 'TaskScheduled' },
    { id: 3, timestamp: at, type, [details]: { error, cause: 'because' } },
  ] as HistoryEvent[];
  expect(read(events).at(-1)).toEqual({
    type: 'attemptFailed',
    at,
    state: 'CreateModel',
    attempt: 1,
    error,
    cause: 'because',
  });
});

test.each([
  ['ExecutionAborted', 'executionAbortedEventDetails', 'ABORTED'],
  ['ExecutionTimedOut', 'executionTimedOutEventDetails', 'TIMED_OUT'],
])('%s ends it without an outcome', async (type, details, status) => {
  const begun = (await recordedHistory(good)).slice(0, 20);
  const last = {
    id: 21,
    timestamp: new Date(0),
    type,
    [details]: { error: 'Stopped', cause: 'by hand' },
  } as HistoryEvent;
  expect(endOf([...begun, last])).toMatchObject({ status, outcome: null, error: 'Stopped', cause: 'by hand' });
});

test('an outcome that could not be recorded is none, and the error stays', async () => {
  const history = await recordedHistory({ ...good, RecordOutcome: [thrown('AccessDenied', 'no')] });
  expect(endOf(history)).toMatchObject({ status: 'FAILED', outcome: null, error: 'OutcomeNotRecorded' });
});

test('a state that this client does not know, and outputs of another release, are told without words', () => {
  const at = new Date(0);
  const state = JSON.stringify({ model: 'as it was once' });
  const events = [
    { id: 1, timestamp: at, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'CreateModel', input: state } },
    { id: 2, timestamp: at, type: 'TaskStateExited', stateExitedEventDetails: { name: 'CreateModel', output: state } },
    {
      id: 3,
      timestamp: at,
      type: 'WaitStateEntered',
      stateEnteredEventDetails: { name: 'WaitForGodot', input: state },
    },
    {
      id: 4,
      timestamp: at,
      type: 'TaskStateEntered',
      stateEnteredEventDetails: { name: 'Unknown', input: 'not JSON' },
    },
  ] as HistoryEvent[];
  expect(read(events)).toMatchObject([
    { type: 'entered', state: 'CreateModel' },
    { type: 'exited', state: 'CreateModel', result: '', verdict: null },
    { type: 'entered', state: 'WaitForGodot', reason: null, waitSeconds: null },
    { type: 'entered', state: 'Unknown' },
  ]);
});
