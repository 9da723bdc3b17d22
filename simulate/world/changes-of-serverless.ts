// Kinds of change of a serverless endpoint, whose provisioned concurrency is scaled.
import { asking, live, settings, uploads } from './asked.ts';
import { canaryInvocations, serverless } from './bases.ts';
import type { Change } from './change.ts';

const of = <Manifest extends object>({ ...manifest }: Manifest) => ({ ...manifest, ...serverless });
const tagged = { scaling: serverless.scaling, tags: { owner: 'botany' } };

export const changesOfServerless = {
  createServerless: { base: 'nothing', begin: uploads(of({ canaryInvocations }), { number: 1 }) },
  updateServerless: { base: 'serverless', begin: uploads(of(settings)) },
  updateLiveServerless: { base: 'serverless', begin: uploads(of(live)) },
  settingsOfServerless: { base: 'serverless', begin: asking({ ...tagged, canaryInvocations }) },
  againServerless: {
    base: 'serverless',
    begin: uploads(of({ canaryInvocations }), { number: 1 }),
    outcome: 'unchanged',
  },
  retireServerless: { base: 'serverless', begin: asking({ action: 'retireEndpoint' }), outcome: 'retired' },
} as const satisfies Record<string, Change>;
