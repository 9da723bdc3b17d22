// Kinds of change of a serverless endpoint, whose provisioned concurrency is scaled.
import { asking, live, settings, uploads } from './asked.ts';
import { canaryInvocations, serverless } from './bases.ts';
import type { Change } from './change.ts';

const of = <Manifest extends object>({ ...manifest }: Manifest) => ({ ...manifest, ...serverless });
const tagged = { scaling: serverless.scaling, tags: { owner: 'botany' } };

/** Where concurrency is planned, asked for, put back, and waited for while a container starts. */
const own = [
  ...['PlanRollout', 'VerifyCandidate', 'DeployEndpoint', 'CheckEndpoint', 'RegisterScaling', 'RunCanary'],
  ...['RollBack', 'CheckRollback'],
] as const;

export const changesOfServerless = {
  createServerless: {
    ...{ base: 'nothing', begin: uploads(of({ canaryInvocations }), { number: 1 }), like: 'create', own },
  },
  updateServerless: { base: 'serverless', begin: uploads(of(settings)), like: 'update', own },
  updateLiveServerless: { base: 'serverless', begin: uploads(of(live)), like: 'updateLive', own },
  settingsOfServerless: {
    ...{ base: 'serverless', begin: asking({ ...tagged, canaryInvocations }), like: 'settings', own },
  },
  againServerless: {
    ...{ base: 'serverless', begin: uploads(of({ canaryInvocations }), { number: 1 }), outcome: 'unchanged' },
    ...{ like: 'again', own: ['PlanRollout', 'RunCanary'] },
  },
  retireServerless: {
    ...{ base: 'serverless', begin: asking({ action: 'retireEndpoint' }), outcome: 'retired' },
    ...{ like: 'retire', own: ['RetireEndpoint'] },
  },
} as const satisfies Record<string, Change>;
