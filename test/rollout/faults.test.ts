// Every call of a rollout fails in every way, once, three times and for ever: however it ends, what it says of itself is true.
//
// A seeded sample of the sweep; all of it with FAULTS=all, one case again with FAULTS='update UpdateEndpoint'.
import { canonicalJson } from '../../lambdas/core/naming/names.ts';
import { AwsError, LostAnswer, validationException } from '../../local/hosting/aws-error.ts';
import { seeded } from '../../local/hosting/seeded.ts';
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import type { ModelSpec, Plan } from '../../state-machine/contract/plan.ts';
import { runs } from '../setup/runs.ts';
import { morning, scaling } from './iris-scaling.ts';
import { RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

const FAULTS = process.env.FAULTS ?? '';
/** Of 2,700 cases; all of them take some 15 minutes. Each operation is among them, however few there are. */
const SAMPLE = runs(300);

const faults = {
  throttled: { lasting: false, strike: async () => fail(new AwsError('ThrottlingException', 'Rate exceeded')) },
  internalFailure: { lasting: false, strike: async () => fail(serverError()) },
  lostBefore: { lasting: false, strike: async () => fail(new LostAnswer('socket hang up')) },
  lostAfter: {
    lasting: false,
    strike: async (next: () => Promise<object>) => {
      await next();
      return fail(new LostAnswer('socket hang up'));
    },
  },
  denied: { lasting: true, strike: async () => fail(new AwsError('AccessDeniedException', 'not authorized to')) },
  invalid: { lasting: true, strike: async () => fail(validationException('One or more parameters are wrong')) },
} as const satisfies Record<string, { lasting: boolean; strike: (next: () => Promise<object>) => Promise<object> }>;

function fail(error: Error): never {
  throw error;
}
const serverError = () =>
  Object.assign(new Error('We encountered an internal error.'), {
    ...{ name: 'InternalFailure', $fault: 'server', $metadata: { httpStatusCode: 500 } },
  });

const times = { once: 1, thrice: 3, forEver: Number.POSITIVE_INFINITY } as const;

interface Scenario {
  /** What serves before. */
  prepare: (account: RolloutAccount) => Promise<void>;
  wish: Wish;
  /** How it ends when nothing fails. */
  ends: OutcomeName;
  /** Answers of the new model, if they are wrong. */
  answer?: RolloutAccount['answer'];
}

/** Few requests: each is a call that may fail. */
const canaryInvocations = { requests: 2, maximumErrorPercent: 0, maximumP99Milliseconds: 5000 };
const nothing = async () => {};
/** Three instances, scaled, with a schedule of somebody's. */
async function scaledOut(account: RolloutAccount): Promise<void> {
  await account.rollOut();
  account.hosting.autoScale('iris', 'primary', 3);
  await account.pass(600_000);
  await account.clients.autoScaling.send(morning);
}
const wrong = () => ({ status: 200, body: '{}' });

const scenarios: Record<string, Scenario> = {
  create: { prepare: nothing, wish: { request: { canaryInvocations } }, ends: 'deployed' },
  createFails: { prepare: nothing, wish: { request: { canaryInvocations } }, ends: 'rolledBack', answer: wrong },
  update: {
    prepare: scaledOut,
    wish: { artifactSha256: SHA_2, request: { canaryInvocations, scaling, tags: { owner: 'botany' } } },
    ends: 'deployed',
  },
  updateFails: {
    prepare: scaledOut,
    wish: { artifactSha256: SHA_2, request: { canaryInvocations, scaling: null, tags: { owner: 'botany' } } },
    ends: 'rolledBack',
    answer: wrong,
  },
  settings: {
    prepare: scaledOut,
    wish: { request: { canaryInvocations, scaling, tags: { owner: 'botany' } } },
    ends: 'deployed',
  },
  settingsFail: {
    prepare: scaledOut,
    wish: { request: { canaryInvocations, scaling: null, tags: { owner: 'botany' } } },
    ends: 'rolledBack',
    answer: wrong,
  },
};

interface Case {
  scenario: string;
  operation: string;
  occurrence: number;
  fault: keyof typeof faults;
  count: keyof typeof times;
}
const nameOf = ({ scenario, operation, occurrence, fault, count }: Case) =>
  `${scenario} ${operation} #${occurrence} ${fault} ${count}`;

/** The world before the rollout, and how often the rollout makes each call where nothing fails. */
async function prepared({ prepare, answer }: Scenario): Promise<RolloutAccount> {
  const account = new RolloutAccount();
  await prepare(account);
  if (answer) account.answer = answer;
  account.hosting.calls.length = 0;
  return account;
}

/** Of a call that is made often, the first, second, third and last. */
async function casesOf(scenario: string): Promise<Case[]> {
  const account = await prepared(scenarios[scenario]!);
  const run = await account.rollOut(scenarios[scenario]!.wish);
  expect(run.outcome).toMatchObject({ outcome: scenarios[scenario]!.ends, left: [] });
  const made = new Map<string, number>();
  for (const { operation } of account.hosting.calls) made.set(operation, (made.get(operation) ?? 0) + 1);
  return [...made].flatMap(([operation, length]) =>
    [...new Set([1, 2, 3, length])]
      .filter((occurrence) => occurrence <= length)
      .flatMap((occurrence) =>
        (Object.keys(faults) as Case['fault'][]).flatMap((fault) =>
          (Object.keys(times) as Case['count'][]).map((count) => ({ scenario, operation, occurrence, fault, count })),
        ),
      ),
  );
}

const endpointOf = (alive: ReturnType<RolloutAccount['alive']>) =>
  alive.endpoints.iris as
    | {
        EndpointStatus: string;
        EndpointConfigName: string;
        ProductionVariants?: { CurrentInstanceCount: number }[];
        tags: Record<string, string>;
      }
    | undefined;

/** Null when all is true; else what is not. */
async function lieOf({ scenario, operation, occurrence, fault, count }: Case): Promise<string[]> {
  const { wish, ends } = scenarios[scenario]!;
  const account = await prepared(scenarios[scenario]!);
  const before = account.alive();
  const capacityBefore = endpointOf(before)?.ProductionVariants?.[0]?.CurrentInstanceCount ?? 0;
  let seen = 0;
  let struck = 0;
  let lowest = Number.POSITIVE_INFINITY;
  account.hosting.interceptor = async (call, next) => {
    const capacity = endpointOf(account.hosting.snapshot())?.ProductionVariants?.[0]?.CurrentInstanceCount;
    if (capacityBefore > 0) lowest = Math.min(lowest, capacity ?? 0);
    if (call.operation !== operation) return next();
    seen += 1;
    if (seen < occurrence || struck >= times[count]) return next();
    struck += 1;
    return faults[fault].strike(next);
  };
  const run = await account.rollOut(wish);
  account.hosting.interceptor = undefined;
  const { outcome } = run;
  const lies: string[] = [];
  const claim = (isTrue: boolean, what: string) => void (isTrue || lies.push(what));
  const passing = !faults[fault].lasting && count !== 'forEver';

  claim(outcome !== undefined, 'an outcome is announced');
  claim(run.succeeded === outcome?.succeeded, `the status ${run.succeeded} equals the outcome ${outcome?.outcome}`);
  claim(
    run.events < 25_000 && run.largestStateBytes < 32 * 1024,
    `${run.events} events, ${run.largestStateBytes} bytes`,
  );
  claim(
    account.hosting.journal.every(({ kind }) => kind === 'status'),
    'nothing in use was deleted',
  );
  claim(lowest >= capacityBefore, `capacity fell from ${capacityBefore} to ${lowest}`);
  // What passes by itself changes nothing of the end.
  if (passing)
    claim(
      outcome?.outcome === ends,
      `${outcome?.outcome} instead of ${ends}: ${outcome?.error} ${outcome?.cause} ${outcome?.left}`,
    );
  // Nothing that is still under way may belie it later.
  await account.pass(2 * 3_600_000);
  const after = account.alive();
  const endpoint = endpointOf(after);
  if (outcome?.outcome === 'deployed') {
    const plan = account.s3.document(`rollouts/iris/${outcome.rolloutId}/plan.json`) as Plan;
    claim(endpoint?.EndpointStatus === 'InService', `it is ${endpoint?.EndpointStatus}`);
    claim(endpoint?.EndpointConfigName === plan.endpointConfig.name, `it is on ${endpoint?.EndpointConfigName}`);
    const isOfWish = ({ modelDataUrl }: ModelSpec) => modelDataUrl.includes(wish.artifactSha256 ?? SHA_1);
    claim(plan.models.every(isOfWish), 'the model is of another artifact');
    claim(
      plan.endpointConfig.variants.every(({ modelName }) => modelName in after.models),
      'its model is there',
    );
    claim(outcome.verified === 'golden' && ends === 'deployed', 'it was verified');
    claim(Object.keys(after.scalingPolicies).length === 1, 'it is scaled');
    if (wish.request?.tags) claim(endpoint?.tags.owner === 'botany', 'its tags are set');
  }
  if (outcome?.outcome === 'rolledBack') {
    claim(canonicalJson(after) === canonicalJson(before), `it is not as before: ${difference(before, after)}`);
    claim(outcome.left.length === 0, 'nothing is left');
  }
  if (outcome?.outcome === 'needsAttention') {
    claim(outcome.left.length > 0 && outcome.left.every((line) => line.length > 20), 'it says what is left');
    claim(
      outcome.serving === null || outcome.serving.endpointConfigName === endpoint?.EndpointConfigName,
      'it says what serves',
    );
  }
  claim(['deployed', 'rolledBack', 'needsAttention'].includes(outcome?.outcome ?? ''), `it is ${outcome?.outcome}`);
  return lies;
}

function difference(before: object, after: object): string {
  const parts = (account: object) =>
    Object.entries(account).flatMap(([kind, all]) =>
      Object.entries(all).map(([name, one]) => `${kind} ${name} ${canonicalJson(one)}`),
    );
  const [was, is] = [parts(before), parts(after)];
  return [
    ...was.filter((part) => !is.includes(part)).map((part) => `- ${part}`),
    ...is.filter((part) => !was.includes(part)).map((part) => `+ ${part}`),
  ].join('\n');
}

test(
  'whatever fails, the outcome is true',
  async () => {
    const all: Case[] = [];
    for (const scenario of Object.keys(scenarios)) all.push(...(await casesOf(scenario)));
    const draw = seeded(20260101);
    const chosen =
      FAULTS === 'all' ? all : FAULTS ? all.filter((each) => nameOf(each).includes(FAULTS)) : sample(all, draw);
    const lies: string[] = [];
    for (const each of chosen) {
      for (const lie of await lieOf(each)) lies.push(`${nameOf(each)}: ${lie}`);
    }
    if (FAULTS) console.info(`${chosen.length} of ${all.length} cases, ${lies.length} lies`);
    expect(lies).toEqual([]);
  },
  FAULTS ? 3_600_000 : 600_000,
);

/** Every operation at least once; the rest by lot. */
function sample(all: Case[], draw: () => number): Case[] {
  const shuffled = all.map((each) => ({ each, lot: draw() })).sort((one, other) => one.lot - other.lot);
  const first = new Map(shuffled.map(({ each }) => [each.operation, each]));
  const rest = shuffled.map(({ each }) => each).filter((each) => ![...first.values()].includes(each));
  return [...first.values(), ...rest].slice(0, Math.max(SAMPLE, first.size));
}
