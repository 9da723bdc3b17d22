// Kinds of change of an asynchronous endpoint, in whose queue customers' requests wait meanwhile.
import { uploads, wrongCases } from './asked.ts';
import { asynchronous, type Begin, requesting } from './bases.ts';
import type { Change } from './change.ts';
import type { EndName } from './ends.ts';

const tagged = { ...asynchronous, tags: { owner: 'botany' } };
/** Another instance type, and more requests at once: an update of the model that serves. */
const larger = { type: 'async', instanceType: 'ml.c5.large', maximumConcurrentInvocationsPerInstance: 2 };

/** As `asking`, without what asynchronous endpoints refuse. */
const asking =
  (request: object) =>
  (end: EndName): Begin =>
    requesting({ ...request, ...(end === 'wrong' && { canaryInvocations: { cases: wrongCases } }) });

/** Where an endpoint is asked through its queue, and where the queue has to outlive what becomes of the endpoint. */
const own = [
  ...['VerifyCandidate', 'DeleteCandidate', 'DeployEndpoint', 'CheckEndpoint', 'RunCanary'],
  ...['RollBack', 'CheckRollback'],
] as const;

export const changesOfAsync = {
  createAsync: { base: 'nothing', begin: uploads(asynchronous, { number: 1 }), like: 'create', own },
  updateAsync: { base: 'asynchronous', begin: uploads(tagged), like: 'update', own },
  updateLiveAsync: {
    ...{ base: 'asynchronous', begin: uploads({ ...tagged, verification: 'live' }), like: 'updateLive', own },
  },
  resizeAsync: { base: 'asynchronous', begin: asking({ hosting: larger }), like: 'update', own },
  settingsOfAsync: { base: 'asynchronous', begin: asking({ tags: tagged.tags }), like: 'settings', own },
  againAsync: {
    ...{ base: 'asyncServing', begin: uploads(asynchronous, { number: 1 }), outcome: 'unchanged' },
    ...{ like: 'again', own: ['RunCanary'] },
  },
  rollbackAsync: { base: 'asyncReleases', begin: asking({ action: 'rollback' }), like: 'rollback', own },
  retireAsync: {
    ...{ base: 'asynchronous', begin: asking({ action: 'retireEndpoint' }), outcome: 'retired' },
    ...{ like: 'retire', own: ['RetireEndpoint'] },
  },
} as const satisfies Record<string, Change>;
