// Kinds of change of an endpoint with two variants: of their models, of their shares, and of which there are.
import { archive } from './archives.ts';
import { BAD_MODEL, canary, live, settings, uploads, wrongCases } from './asked.ts';
import {
  type Begin,
  CHALLENGER,
  CHAMPION,
  canaryInvocations,
  ENDPOINT,
  keyOfVariant,
  requesting,
  THEIR_ALARM,
  twoVariants,
  weighted,
} from './bases.ts';
import type { Change } from './change.ts';
import { type EndName, ends, isOfBadModel } from './ends.ts';
import { PLATFORM } from './stack-names.ts';

/** Where variants come or go, and where only their shares move. */
const WHERE_NAMES_CHANGE = ['DeployEndpoint', 'ShiftWeights', 'RegisterScaling', 'RollBack', 'CheckRollback'];
const WHERE_SHARES_MOVE = ['ShiftWeights', 'SendVariantTraffic', 'RegisterScaling', 'RollBack', 'CheckRollback'];
const WHERE_SHARES_ARE_PLANNED = ['PlanRollout', 'DeployEndpoint', ...WHERE_SHARES_MOVE, 'RunCanary'];

const { variants } = twoVariants;
/** Fewer at the most than of one variant: the platform allows ten of all. */
const scaling = { minimum: 1, maximum: 3, target: 50 };
const of = (manifest: object) => ({ ...manifest, scaling, variants });
/** A new model of the variant that gets the fewest requests. */
const ofChallenger = (manifest: object, number = 4) => uploads(manifest, { number, variantName: CHALLENGER });

/** As many requests to each: the challenger needs another instance first. What is wrong are golden cases of it. */
const even =
  (more: object = {}) =>
  (end: EndName): Begin => {
    const [champion, challenger] = weighted(50, 50);
    const cases = end === 'wrong' ? { canaryInvocations: { cases: wrongCases } } : {};
    return requesting({ canaryInvocations, ...more, variants: [champion, { ...challenger, ...cases }] });
  };
/** A third of the way a minute, watched by an alarm of somebody's own. */
const stepwise = {
  strategy: { type: 'linear', stepPercent: 34, waitSeconds: 60, terminationWaitSeconds: 60 },
  alarms: { names: [THEIR_ALARM] },
};
const inSteps = (end: EndName): Begin =>
  even(end === 'alarm' ? stepwise : { ...stepwise, alarms: { maximumErrorPercent: 10 } })(end);

/** With a third variant, whose model a request names: an upload adds none. */
const adding =
  (end: EndName): Begin =>
  async (stack) => {
    const number = isOfBadModel(end) ? BAD_MODEL : 6;
    const key = keyOfVariant('newcomer', number);
    const { bytes } = await archive(ends[end].archive, number);
    stack.account.s3.put(key, bytes, {});
    const model = { s3Uri: `s3://${PLATFORM.bucketName}/${key}` };
    const newcomer = { name: 'newcomer', weight: 10, model };
    return stack.request({ endpointName: ENDPOINT, ...of(settings), variants: [...variants, newcomer] } as never);
  };

/** To the release before the newest, whose models are the same. */
const backToFirst = (): Begin => async (stack) => {
  const [first] = [...stack.account.executions.values()].filter(
    ({ output }) => (output as { outcome?: string } | null)?.outcome === 'deployed',
  );
  return stack.request({ endpointName: ENDPOINT, action: 'rollback', to: first?.name ?? '' });
};

export const changesOfVariants = {
  createTwo: {
    base: 'oneOfTwoModels',
    begin: ofChallenger(twoVariants, 2),
    like: 'create',
    own: ['RunCanary', 'RollBack'],
  },
  updateOfTwo: {
    base: 'twoVariants',
    begin: ofChallenger(of(settings)),
    like: 'update',
    own: ['VerifyCandidate', 'RollBack'],
  },
  updateLiveOfTwo: { base: 'twoVariants', begin: ofChallenger(of(live)), like: 'updateLive' },
  updateGuardedOfTwo: { base: 'bothScaledOut', begin: ofChallenger(of(canary)), like: 'updateGuarded' },
  weights: { base: 'twoVariants', begin: even(), like: 'settings', own: WHERE_SHARES_ARE_PLANNED },
  weightsInSteps: {
    base: 'twoVariants',
    alarmedOn: 'twoVariantsWatched',
    begin: inSteps,
    like: 'settings',
    own: WHERE_SHARES_MOVE,
  },
  addVariant: { base: 'twoVariants', begin: adding, like: 'update', own: WHERE_NAMES_CHANGE },
  removeVariant: {
    ...{ base: 'twoVariants', begin: () => requesting({ ...settings, variants: [{ name: CHAMPION }] }) },
    ...{ like: 'update', own: WHERE_NAMES_CHANGE },
  },
  settingsOfTwo: {
    base: 'twoVariants',
    begin: () => requesting({ ...settings, scaling }),
    like: 'settings',
    own: ['RegisterScaling', 'RunCanary'],
  },
  againOfTwo: {
    base: 'twoModels',
    begin: ofChallenger(twoVariants, 2),
    outcome: 'unchanged',
    like: 'again',
    own: ['PlanRollout'],
  },
  rollbackOfTwo: {
    base: 'challengerUpdated',
    begin: () => requesting({ action: 'rollback' }),
    like: 'rollback',
    own: ['DeployEndpoint', 'RollBack'],
  },
  rollbackWeights: { base: 'weightsMoved', begin: backToFirst, like: 'rollback', own: WHERE_SHARES_MOVE },
  retireTwo: {
    ...{ base: 'twoVariants', begin: () => requesting({ action: 'retireEndpoint' }), outcome: 'retired' },
    ...{ like: 'retire', own: ['RetireEndpoint'] },
  },
} as const satisfies Record<string, Change>;
