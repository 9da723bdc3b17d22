// Bugs of endpoints with several variants: one for each of their rules, and for each task that they alone have.
import { twoVariants } from '../world/bases.ts';
import { tasks } from '../world/functions.ts';
import { engineWith, given, type SeededDefect } from './planting.ts';

const WEIGHTS = Object.fromEntries(twoVariants.variants.map(({ name, weight }) => [name, weight]));

export const defectsOfVariants: readonly SeededDefect[] = [
  {
    name: 'ShiftWeights takes its first step for the last one',
    rule: 'weightsAreAsSaid',
    among: ['fault weightsInSteps: RegisterScaling'],
    plant: () =>
      engineWith({
        ShiftWeights: (ports) => async (input) => {
          const shift = await tasks.ShiftWeights(ports)(input);
          return shift.step > 0 ? { ...shift, verdict: 'shifted', sendsTraffic: false } : shift;
        },
      }),
  },
  {
    name: 'RollBack believes that the weights are as they were',
    rule: 'weightsAreAsSaid',
    among: ['fault weightsInStepsAlarm: RollBack'],
    plant: () =>
      engineWith(
        given('RollBack', ({ deploymentTarget }) => ({
          deploymentTarget: {
            ...deploymentTarget,
            describe: async (endpointName) => {
              const endpoint = await deploymentTarget.describe(endpointName);
              const variants = endpoint?.variants.map((variant) => ({
                ...variant,
                weight: WEIGHTS[variant.name] ?? 0,
              }));
              return endpoint && { ...endpoint, variants: variants ?? [] };
            },
          },
        })),
      ),
  },
  {
    name: 'ShiftWeights believes that every variant has instances enough',
    rule: 'roomBeforeTraffic',
    among: ['fault weights: ShiftWeights'],
    plant: () =>
      engineWith(
        given('ShiftWeights', ({ deploymentTarget }) => ({
          deploymentTarget: {
            ...deploymentTarget,
            describe: async (endpointName) => {
              const endpoint = await deploymentTarget.describe(endpointName);
              const variants = endpoint?.variants.map((variant) => ({ ...variant, currentInstanceCount: 100 }));
              return endpoint && { ...endpoint, variants: variants ?? [] };
            },
          },
        })),
      ),
  },
  {
    name: 'an upload for one variant wants an endpoint of this one alone',
    rule: 'uploadsAddNothing',
    among: ['fault updateOfTwo: VerifyCandidate'],
    plant: () =>
      engineWith(
        given('PlanRollout', ({ documents }) => ({
          documents: {
            ...documents,
            read: async (document) => {
              const request = (await documents.read(document)) as { variants?: { name: string }[] };
              const { variants } = request;
              const alone = variants?.slice(-1).map((variant) => ({ ...variant, scaling: null }));
              return alone === undefined ? request : { ...request, variants: alone };
            },
          },
        })),
      ),
  },
  {
    name: 'SendVariantTraffic sends its requests wherever the weights lead',
    rule: 'askedBeforeTraffic',
    among: ['fault weights: SendVariantTraffic'],
    plant: () =>
      engineWith(
        given('SendVariantTraffic', ({ invocations }) => ({
          invocations: {
            invoke: (endpointName, { targetVariant: _, ...request }) => invocations.invoke(endpointName, request),
          },
        })),
      ),
  },
];
