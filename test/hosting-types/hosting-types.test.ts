// What each way of hosting says of itself, and which of them a request may ask for.
import type { Asked, HostingKind } from '../../lambdas/core/hosting/hosting-type.ts';
import {
  DEFAULT_HOSTING,
  hostingKindOf,
  hostingTypeOf,
  hostingTypes,
} from '../../lambdas/core/hosting/hosting-types.ts';
import { realtime } from '../../lambdas/core/hosting/realtime.ts';
import { serverless } from '../../lambdas/core/hosting/serverless.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import { HostingSchema } from '../../state-machine/contract/request.ts';
import { ResolvedHostingSchema } from '../../state-machine/contract/resolved-request.ts';
import { aVariant } from '../core/a-variant.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

test('every kind that a request can name has its hosting type', () => {
  const kinds = HostingSchema.def.options.map(({ shape }) => [...shape.type.def.values][0]);
  expect(Object.keys(hostingTypes).sort()).toEqual(kinds.toSorted());
  expect(kinds).toContain(DEFAULT_HOSTING);
});

const asked: { [Kind in HostingKind]: Asked<Kind>['hosting'] } = {
  realtime: { type: 'realtime' },
  serverless: { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 5 },
  async: { type: 'async', maximumConcurrentInvocationsPerInstance: 4, instanceCount: 2 },
};
test.each(Object.keys(asked) as HostingKind[])(
  '%s stays %s when its gaps are filled, and never becomes another',
  (kind) => {
    const { hosting } = hostingTypeOf(kind).resolve({ hosting: asked[kind], scaling: undefined }, PLATFORM.settings);
    expect(hosting.type).toBe(kind);
    expect(ResolvedHostingSchema.parse(hosting)).toEqual(hosting);
  },
);

test('a serverless variant has no instances, and without provisioned concurrency no scaling and nothing to lose', () => {
  const capacity = { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 1 } as const;
  const variants = [aVariant({ capacity })];
  expect(serverless.instances(capacity)).toBeNull();
  expect(serverless.scalingTargets('iris', variants, new Map(), null)).toEqual([]);
  const concurrency = { maximum: 5, provisioned: null };
  expect([...serverless.servingFloor([{ name: 'primary', desiredInstanceCount: null, concurrency }])]).toEqual([
    ['primary', 0],
  ]);
  expect(serverless.processor(capacity).architecture).toBe('amd64');
});

test('each production variant scales by itself, a shadow does not', () => {
  const { scaling } = aResolvedRequest();
  const scalingOf = new Map([['primary', scaling]]);
  const variants = [aVariant(), aVariant({ name: 'challenger' }), aVariant({ name: 'copy', role: 'shadow' })];
  expect(realtime.scalingTargets('iris', variants, scalingOf, null)).toMatchObject([
    { resourceId: 'endpoint/iris/variant/primary', tracking: scaling },
    { resourceId: 'endpoint/iris/variant/challenger', tracking: null },
  ]);
});

test('a request that names its variants is of their kind, whatever stands beside them', () => {
  const { hosting, ...variant } = { ...aResolvedRequest(), name: 'only', weight: 1 };
  const serverlessHosting = { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 1 } as const;
  expect(hostingKindOf({ hosting })).toBe('realtime');
  expect(hostingKindOf({ hosting, variants: [{ ...variant, hosting: serverlessHosting }] })).toBe('serverless');
});
