// What can go wrong with one call, and how often.
import { AwsError, LostAnswer } from '../../local/hosting/aws-error.ts';
import type { Interceptor } from './account.ts';
import type { ServiceName } from './aws/clients.ts';
import type { AccountCall } from './invocation.ts';

const THROTTLING: Partial<Record<ServiceName, string>> = {
  s3: 'SlowDown',
  dynamodb: 'ProvisionedThroughputExceededException',
  sns: 'ThrottledException',
};
const SERVER_ERRORS: Partial<Record<ServiceName, string>> = { s3: 'InternalError', dynamodb: 'InternalServerError' };
const LIMITS: Partial<Record<ServiceName, string>> = {
  sagemaker: 'ResourceLimitExceeded',
  'application-autoscaling': 'LimitExceededException',
};

const resource = ({ input }: AccountCall) =>
  String(input.EndpointName ?? input.EndpointConfigName ?? input.ModelName ?? input.ResourceId ?? 'it');

/** How each service says that something exists already, is missing, or is busy. */
function refusal(call: AccountCall, kind: 'exists' | 'missing' | 'inProgress'): AwsError {
  const { service, operation } = call;
  if (service === 's3') {
    const code = {
      exists: 'PreconditionFailed',
      missing: operation === 'HeadObject' ? 'NotFound' : 'NoSuchKey',
      inProgress: 'ConditionalRequestConflict',
    };
    return new AwsError(code[kind], kind);
  }
  if (service === 'dynamodb') {
    const code = {
      exists: 'TransactionConflictException',
      missing: 'ResourceNotFoundException',
      inProgress: 'TransactionInProgressException',
    };
    return new AwsError(code[kind], kind);
  }
  if (service === 'application-autoscaling') {
    const code = {
      exists: 'ValidationException',
      missing: 'ObjectNotFoundException',
      inProgress: 'ConcurrentUpdateException',
    };
    return new AwsError(code[kind], kind);
  }
  const text = {
    exists: `Cannot create already existing "${resource(call)}".`,
    missing: `Could not find "${resource(call)}".`,
    inProgress: `Cannot update in-progress endpoint "${resource(call)}".`,
  };
  return new AwsError(service === 'sagemaker-runtime' ? 'ValidationError' : 'ValidationException', text[kind]);
}

const fail = (error: Error): never => {
  throw error;
};

export const faultKinds = {
  throttled: async (call) => fail(new AwsError(THROTTLING[call.service] ?? 'ThrottlingException', 'Rate exceeded')),
  serverError: async (call) =>
    fail(new AwsError(SERVER_ERRORS[call.service] ?? 'InternalFailure', 'We encountered an internal error.')),
  denied: async (call) =>
    fail(
      new AwsError(
        call.service === 's3' ? 'AccessDenied' : 'AccessDeniedException',
        `not authorized to perform ${call.operation}`,
      ),
    ),
  exists: async (call) => fail(refusal(call, 'exists')),
  /** What was there was deleted by somebody else a moment ago: the deletion is true. */
  missing: async (call, next) => {
    if (/^Delete/.test(call.operation)) await next();
    return fail(refusal(call, 'missing'));
  },
  inProgress: async (call) => fail(refusal(call, 'inProgress')),
  limitExceeded: async (call) =>
    fail(new AwsError(LIMITS[call.service] ?? 'LimitExceededException', 'The account-level service limit is 0.')),
  lostBefore: async () => fail(new LostAnswer('socket hang up')),
  lostAfter: async (_, next) => {
    await next();
    return fail(new LostAnswer('socket hang up'));
  },
  /** HTTP 200 with a body that is not what it should be: the call took effect. */
  malformed: async (_, next) => {
    await next();
    throw Object.assign(new SyntaxError('Unexpected token < in JSON at position 0'), {
      $metadata: { httpStatusCode: 200 },
    });
  },
} satisfies Record<string, Interceptor>;
export type FaultKind = keyof typeof faultKinds;

/** What passes by itself when it was met once or three times: the rollout must come to the end that it has without a fault. */
export const PASSING: readonly FaultKind[] = ['throttled', 'serverError', 'lostBefore', 'lostAfter'];

export const faultTimes = { once: 1, thrice: 3, forEver: Number.POSITIVE_INFINITY } as const;
export type FaultTimes = keyof typeof faultTimes;

/** One call of one function: its `nth` of this operation in the whole run. */
export interface Site {
  readonly function: string;
  readonly operation: string;
  readonly nth: number;
}

export interface CallFault {
  readonly site: Site;
  readonly kind: FaultKind;
  readonly times: FaultTimes;
}

const isRead = (operation: string) => /:(Describe|List|Get|Head|Query|Batch|Invoke)/.test(operation);

/**
 * AWS may be late to show what was made, and then says for a while that it is missing; a service that says so for ever, or
 * long after, of what is there has no fault but tells a lie, against which nobody can hold any promise. S3 and DynamoDB (read
 * consistently) are never late; new configurations and models are a matter of the suite `stale`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
export function isPossible(fault: CallFault): boolean {
  const { site, times } = fault;
  if (!isLateRead(fault)) return true;
  return times !== 'forEver' && !/^(s3|dynamodb):|:Describe(EndpointConfig|Model)$/.test(site.operation);
}

const isLateRead = ({ site, kind }: CallFault) => (kind === 'missing' || kind === 'exists') && isRead(site.operation);

/** Each of two may say so of what is there for as long as AWS is late to show it; of one call, one after the other, they say so for longer. */
export const isPossiblePair = (one: CallFault, other: CallFault): boolean =>
  !isLateRead(one) ||
  one.kind !== other.kind ||
  one.site.function !== other.site.function ||
  one.site.operation !== other.site.operation;

export const nameOfFault = ({ site, kind, times }: CallFault): string =>
  `${site.function} ${site.operation} #${site.nth} ${kind} ${times}`;

/** Whether it is one after which the rollout must come to its usual end. */
export const passes = ({ kind, times }: CallFault): boolean => times !== 'forEver' && PASSING.includes(kind);

/** What a rollback outlasts besides: a refusal that is over after three times. */
export const isOutlastedByRollback = ({ site, kind, times }: CallFault): boolean =>
  isOfRollback(site) && times !== 'forEver' && (kind === 'denied' || kind === 'limitExceeded');

/** Every fault that these sites can have. */
export const faultsAt = (sites: readonly Site[]): CallFault[] =>
  sites
    .flatMap((site) =>
      (Object.keys(faultKinds) as FaultKind[]).flatMap((kind) =>
        (Object.keys(faultTimes) as FaultTimes[]).map((times) => ({ site, kind, times })),
      ),
    )
    .filter(isPossible);

const HOUR = 3_600_000;
/** What lasts for ever lasts longer than every retry and every deadline in which it is met; then somebody has mended it. */
const forEverMilliseconds = ({ site }: CallFault) => (isOfRollback(site) ? 10 : 3) * HOUR;
/** A rollback may take eight hours, everything else an hour or two. */
export const isOfRollback = ({ function: by }: Site): boolean => by === 'RollBack' || by === 'CheckRollback';

/** Strikes where the faults say; of those on one site each counts for itself. */
export function injecting(
  faults: readonly CallFault[],
  now: () => number,
): Interceptor & { readonly injected: () => number } {
  const met = faults.map((fault) => ({ fault, seen: 0, injected: 0, mended: now() + forEverMilliseconds(fault) }));
  const interceptor: Interceptor = (call, next) => {
    for (const each of met) {
      const { site, kind, times } = each.fault;
      if (call.by.of.name !== site.function || `${call.service}:${call.operation}` !== site.operation) continue;
      each.seen += 1;
      if (each.seen < site.nth || each.injected >= faultTimes[times] || now() > each.mended) continue;
      each.injected += 1;
      return faultKinds[kind](call, next);
    }
    return next();
  };
  return Object.assign(interceptor, { injected: () => met.reduce((sum, { injected }) => sum + injected, 0) });
}

export const operationName = ({ service, operation }: AccountCall): string => `${service}:${operation}`;

/** The sites of a run: of a call that a function makes often the first, second, third and last. */
export function sitesOf(calls: readonly AccountCall[]): Site[] {
  const made = new Map<string, Site>();
  for (const { by, service, operation } of calls) {
    const key = `${by.of.name} ${service}:${operation}`;
    made.set(key, { function: by.of.name, operation: `${service}:${operation}`, nth: (made.get(key)?.nth ?? 0) + 1 });
  }
  return [...made.values()].flatMap((site) =>
    [...new Set([1, 2, 3, site.nth])].filter((nth) => nth <= site.nth).map((nth) => ({ ...site, nth })),
  );
}
