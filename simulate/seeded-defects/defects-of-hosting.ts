// Bugs of serverless and asynchronous endpoints, of private networks, and of a rollback that gives up too early.
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import { type Ports, type SimulatedFunction, tasks } from '../world/functions.ts';
import { engineWith, given, type SeededDefect } from './planting.ts';

/** Sees what a serverless configuration says, and not what scaling has made of it. */
const blindToRaisedConcurrency = ({ deploymentTarget }: Ports): Partial<Ports> => ({
  deploymentTarget: {
    ...deploymentTarget,
    describe: async (name) => {
      const endpoint = await deploymentTarget.describe(name);
      const variants = endpoint?.variants.map((variant) =>
        variant.concurrency === undefined ? variant : { ...variant, concurrency: { maximum: 5, provisioned: 1 } },
      );
      return endpoint && { ...endpoint, variants: variants ?? [] };
    },
  },
});

const GRANTED = ['sagemaker:ListTags', 'sagemaker:DeleteEndpoint'] as const;

/** Updates by deletion, with the right to do so. */
function deployingAnew(): ReturnType<SeededDefect['plant']> {
  const { machine, functions } = engineWith(
    given('DeployEndpoint', ({ deploymentTarget, clock }) => ({
      deploymentTarget: {
        ...deploymentTarget,
        update: async (name, revision) => {
          const endpoint = await deploymentTarget.describe(name);
          const tags = await deploymentTarget.tags(endpoint!.arn);
          await deploymentTarget.remove(name);
          await clock.sleep(10_000);
          await deploymentTarget.create(name, revision, tags);
        },
      },
    })),
  );
  const real = functions.DeployEndpoint!;
  const DeployEndpoint: SimulatedFunction = { ...real, granted: [...real.granted, ...GRANTED] };
  return { machine, functions: { ...functions, DeployEndpoint } };
}

export const defectsOfHosting: readonly SeededDefect[] = [
  {
    name: 'DeployEndpoint deletes an endpoint and makes it anew, and its queue goes too',
    rule: 'everyRequestIsAnswered',
    among: ['fault updateLiveAsync: RunCanary'],
    plant: deployingAnew,
  },
  {
    name: 'RunCanary asks a queue under the name of a customer’s request',
    rule: 'everyRequestIsAnswered',
    among: ['fault settingsOfAsync: RunCanary'],
    plant: () =>
      engineWith(
        given('RunCanary', ({ asyncInvocations }) => ({
          asyncInvocations: {
            ...asyncInvocations,
            submit: (name, request) =>
              asyncInvocations.submit(name, { ...request, folder: undefined as never, inferenceId: 'customer-1' }),
          },
        })),
      ),
  },
  {
    name: 'RunCanary takes whatever a queue says, or does not say, for the right answer',
    rule: 'successIsTrue',
    among: ['fault createAsyncWrong: RunCanary'],
    plant: () =>
      engineWith(
        given('RunCanary', ({ asyncInvocations }) => ({
          asyncInvocations: {
            ...asyncInvocations,
            collect: async () => ({ succeeded: true, text: JSON.stringify({ number: 3 }) }),
          },
        })),
      ),
  },
  {
    name: 'VerifyCandidate and RunCanary take a failure that a queue writes for an answer',
    rule: 'whatIsUpCanAnswer',
    among: ['fault createAsyncFailing: RunCanary'],
    plant: () =>
      engineWith(
        given('RunCanary', ({ asyncInvocations }) => ({
          asyncInvocations: {
            ...asyncInvocations,
            collect: async (locations, bytes) => {
              const answer = await asyncInvocations.collect(locations, bytes);
              return answer && { succeeded: true, text: answer.succeeded ? answer.text : ANY_PREDICTION };
            },
          },
        })),
      ),
  },
  {
    name: 'an update gives the concurrency that is asked for, and not what scaling has raised',
    rule: 'capacityStays',
    among: ['fault updateLiveServerless: DeployEndpoint'],
    plant: () =>
      engineWith({
        ...given('PlanRollout', blindToRaisedConcurrency),
        ...given('DeployEndpoint', blindToRaisedConcurrency),
      }),
  },
  {
    name: 'CreateModel puts the model into no network',
    rule: 'nothingIsLost',
    among: ['fault updatePrivate: CreateModel'],
    plant: () =>
      engineWith(
        given('CreateModel', ({ models }) => ({
          models: { ...models, create: ({ vpc: _, ...spec }, tags) => models.create(spec, tags) },
        })),
      ),
  },
  {
    name: 'RollBack gives up when it is refused once',
    rule: 'whatPassesPasses',
    among: ['fault updateLiveServerlessWrong: RollBack sagemaker:UpdateEndpoint'],
    plant: () =>
      engineWith({
        RollBack: (ports) => async (input) => {
          const next = await tasks.RollBack(ports)(input);
          if (next.refusals === undefined) return next;
          throw new RolloutError('AccessDenied', 'It was refused once.');
        },
      }),
  },
];

const ANY_PREDICTION = '{"predictions":[{"predicted_class":"any"}]}';
