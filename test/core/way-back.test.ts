// The way back: what may be touched, and what never.
import fc from 'fast-check';
import type { EndpointDescription, EndpointStatus } from '../../lambdas/core/endpoint-description.ts';
import { ROLLOUT_TAG } from '../../lambdas/core/ownership-tags.ts';
import { wayBackStep } from '../../lambdas/core/way-back.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';

const plan = (before: boolean): Plan =>
  ({
    rolloutId: 'mine',
    endpointName: 'iris',
    endpointConfig: { name: 'new' },
    before: before ? { endpointConfigName: 'old', variants: [], tags: {}, scaling: null } : null,
  }) as unknown as Plan;
const endpoint = (status: EndpointStatus, endpointConfigName: string): EndpointDescription => ({
  name: 'iris',
  arn: 'arn',
  status,
  endpointConfigName,
  pendingEndpointConfigName: null,
  progress: null,
  failureReason: null,
  variants: [],
});
const mine = { [ROLLOUT_TAG]: 'mine' };

test.each([
  ['created and gone', false, null, {}, 0, 'settled'],
  ['created by us', false, endpoint('InService', 'new'), mine, 0, 'delete'],
  ['created by us and failed', false, endpoint('Failed', 'new'), mine, 0, 'delete'],
  ['created by us, still Creating', false, endpoint('Creating', 'new'), mine, 0, 'wait'],
  ['created by somebody else', false, endpoint('InService', 'new'), { [ROLLOUT_TAG]: 'other' }, 0, 'leave'],
  ['created by us, changed by somebody else', false, endpoint('InService', 'foreign'), mine, 0, 'leave'],
  ['never updated', true, endpoint('InService', 'old'), {}, 0, 'settled'],
  ['updated', true, endpoint('InService', 'new'), {}, 0, 'restore'],
  ['updating', true, endpoint('Updating', 'old'), {}, 0, 'wait'],
  ['updated and not to be got back', true, endpoint('InService', 'new'), {}, 3, 'leave'],
  ['put on another configuration', true, endpoint('InService', 'foreign'), {}, 0, 'leave'],
  ['deleted by somebody', true, null, {}, 0, 'leave'],
  ['failed', true, endpoint('Failed', 'new'), mine, 0, 'leave'],
] as const)('%s', (_name, before, found, tags, attempts, step) => {
  expect(wayBackStep(plan(before), found, tags, attempts).step).toBe(step);
});

const statuses: EndpointStatus[] = [
  'OutOfService',
  'Creating',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'InService',
  'Deleting',
  'Failed',
  'UpdateRollbackFailed',
];
test('an endpoint that was there before is never deleted, one of somebody else never touched', () => {
  const anything = fc.record({
    before: fc.boolean(),
    status: fc.constantFrom(...statuses),
    config: fc.constantFrom('new', 'old', 'foreign'),
    tag: fc.constantFrom('mine', 'other', undefined),
    attempts: fc.nat(5),
  });
  fc.assert(
    fc.property(anything, ({ before, status, config, tag, attempts }) => {
      const tags: Record<string, string> = tag === undefined ? {} : { [ROLLOUT_TAG]: tag };
      const { step } = wayBackStep(plan(before), endpoint(status, config), tags, attempts);
      if (step === 'delete') expect([before, tag, config]).toEqual([false, 'mine', 'new']);
      if (step === 'restore') expect([before, config, status]).toEqual([true, 'new', 'InService']);
      if (config === 'foreign') expect(['leave', 'wait']).toContain(step);
    }),
    { numRuns: 1000 },
  );
});
