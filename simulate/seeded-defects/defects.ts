// One bug for each rule, planted into a task, a port or the machine: a run that does not catch it proves nothing.
import { s3ArtifactStore } from '../../lambdas/aws/s3-artifact-store.ts';
import { sageMakerModels } from '../../lambdas/aws/sagemaker-models.ts';
import { parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import { retireSuperseded } from '../../lambdas/tasks/retire-superseded.ts';
import { type SimulatedFunction, type Tasks, tasks } from '../world/functions.ts';
import { EXECUTION_ROLE, STACK } from '../world/stack-names.ts';
import { defectsOfHosting } from './defects-of-hosting.ts';
import { defectsOfVariants } from './defects-of-variants.ts';
import { defectsOfWaits } from './defects-of-waits.ts';
import { engineWith, given, machineWith, nothing, type SeededDefect, sweeping } from './planting.ts';

const ANY_PREDICTION = '{"predictions":[{"predicted_class":"any"}]}';
const takingAnyAnswer = (name: 'RunCanary' | 'VerifyCandidate'): Partial<Tasks> =>
  given(name, ({ invocations }) => ({
    invocations: {
      invoke: async (endpointName, request) => {
        const answer = await invocations.invoke(endpointName, request);
        return answer.status >= 500 ? { ...answer, status: 200, body: ANY_PREDICTION } : answer;
      },
    },
  }));

export const seededDefects: readonly SeededDefect[] = [
  {
    name: 'RetireSuperseded keeps no release to go back to',
    rule: 'inUseStays',
    among: ['fault superseding: CreateModel'],
    plant: () => engineWith({ RetireSuperseded: (ports) => retireSuperseded(ports, STACK, 0) }),
  },
  {
    name: 'RollBack leaves the model behind',
    rule: 'nothingRemains',
    among: ['fault createWrong: CreateModel', 'fault updateWrong: CreateModel'],
    plant: () => engineWith(given('RollBack', (ports) => ({ models: { ...ports.models, remove: nothing } }))),
  },
  {
    name: 'DeleteAlarms leaves the alarms behind',
    rule: 'nothingRemains',
    among: ['fault updateGuarded: CreateModel'],
    plant: () => engineWith(given('DeleteAlarms', (ports) => ({ alarms: { ...ports.alarms, remove: nothing } }))),
  },
  {
    name: 'RetireSuperseded leaves the artifacts behind',
    rule: 'nothingRemains',
    among: ['fault superseding: CreateModel'],
    plant: () =>
      engineWith(given('RetireSuperseded', (ports) => ({ artifacts: { ...ports.artifacts, remove: nothing } }))),
  },
  {
    name: 'RetireEndpoint leaves the artifacts behind',
    rule: 'nothingRemains',
    among: ['fault retire: RetireEndpoint'],
    plant: () =>
      engineWith(given('RetireEndpoint', (ports) => ({ artifacts: { ...ports.artifacts, remove: nothing } }))),
  },
  {
    name: 'RunCanary passes whatever the model answers',
    rule: 'successIsTrue',
    among: ['fault createWrong: CreateModel', 'fault updateLiveWrong: CreateModel'],
    plant: () =>
      engineWith({
        RunCanary: (ports) => async (input) => {
          const verdict = await tasks.RunCanary(ports)(input);
          return { ...verdict, verdict: 'passed', verified: 'golden', failure: null };
        },
      }),
  },
  {
    name: 'every rollout is granted the lease',
    rule: 'newestWins',
    among: ['events create'],
    plant: () =>
      engineWith({
        LeaseEndpoint: (ports) => async (input) => {
          const asked = await tasks.LeaseEndpoint(ports)(input);
          if (asked.verdict !== 'waiting' && asked.verdict !== 'superseded') return asked;
          const lease = await ports.leases.read(asked.endpointName);
          return {
            ...asked,
            verdict: 'granted',
            holder: lease?.owner?.rollout.rolloutId ?? input.execution.name,
            fencing: lease?.fencing ?? 0,
          };
        },
      }),
  },
  {
    name: 'a rejected artifact goes on to the plan',
    rule: 'rejectedCallsNothing',
    among: ['events create: rejected', 'events again: rejected'],
    plant: () =>
      engineWith({
        InspectArtifact: (ports) => async (input) => {
          await ports.deploymentTarget.describe('iris').catch(() => null);
          return tasks.InspectArtifact(ports)(input);
        },
      }),
  },
  {
    name: 'updates take the instance count of the new configuration',
    rule: 'capacityStays',
    among: ['fault update: CreateModel', 'fault updateLive: CreateModel'],
    plant: () =>
      engineWith(
        given('DeployEndpoint', (ports) => ({
          deploymentTarget: {
            ...ports.deploymentTarget,
            update: (name, config, options) =>
              ports.deploymentTarget.update(name, config, { ...options, retainInstanceCounts: false }),
          },
        })),
      ),
  },
  {
    name: 'RollBack leaves the concurrency that the configuration says',
    rule: 'capacityStays',
    among: ['fault updateLiveServerlessWrong: DeployEndpoint'],
    plant: () =>
      engineWith(
        given('RollBack', (ports) => ({
          deploymentTarget: {
            ...ports.deploymentTarget,
            describe: async (name) => {
              const endpoint = await ports.deploymentTarget.describe(name);
              const variants = endpoint?.variants.map(({ concurrency: _, ...variant }) => variant) ?? [];
              return endpoint && { ...endpoint, variants };
            },
          },
        })),
      ),
  },
  {
    name: 'RunCanary takes the missing of answers for right ones',
    rule: 'noDataIsNoPass',
    among: ['fault create: CreateModel'],
    plant: () =>
      engineWith(
        given('RunCanary', (ports) => ({
          invocations: {
            ...ports.invocations,
            invoke: async (endpointName) => {
              const found = await ports.deploymentTarget.describe(endpointName);
              const number = found === null ? 0 : 1;
              return {
                status: 200,
                body: JSON.stringify({ number }),
                latencyMilliseconds: 1,
                logStreamArn: null,
              } as never;
            },
          },
        })),
      ),
  },
  {
    name: 'nobody comes around to take up what was aborted',
    rule: 'everyEndIsReported',
    among: ['abort create: ABORTED entering', 'abort update: ABORTED entering'],
    plant: () => {
      const { machine, functions } = engineWith({});
      return {
        machine,
        functions: {
          ...functions,
          Sweep: { ...functions.Sweep!, run: async () => ({ recovered: [], restarted: [] }) },
        },
      };
    },
  },
  {
    name: 'the sweeper looks at leases and uploads alone',
    rule: 'everyEndIsReported',
    among: ['abort settings: ABORTED entering'],
    plant: () => {
      const { machine, functions } = engineWith({});
      const Sweep = sweeping((ports) => ({
        sweeperLedger: { ...ports.sweeperLedger, withoutOutcome: async () => [] },
      }));
      return { machine, functions: { ...functions, Sweep } };
    },
  },
  {
    name: 'what is superseded goes with its artifact, the current one too',
    rule: 'servingStandsAlone',
    among: ['fault updateLive: CreateModel'],
    plant: () => {
      const { machine, functions } = engineWith({});
      const real = functions.RetireSuperseded!;
      const RetireSuperseded: SimulatedFunction = {
        ...real,
        run: async (world, payload) => {
          const { plan } = payload as { plan: { modelNames: string[] } };
          for (const name of plan.modelNames) {
            const found = await sageMakerModels(world.clients.sageMaker, EXECUTION_ROLE).find(name);
            const { bucket, key } = parseS3Uri(found!.spec.modelDataUrl)!;
            await s3ArtifactStore(world.clients.s3, bucket).remove(key);
          }
          return real.run(world, payload);
        },
      };
      return { machine, functions: { ...functions, RetireSuperseded } };
    },
  },
  {
    name: 'CheckEndpoint looks at the model too, which its role does not grant',
    rule: 'leastPrivilege',
    among: ['fault create: CreateModel'],
    plant: () =>
      engineWith({
        CheckEndpoint: (ports) => async (input) => {
          await ports.models.find(String(input.plan.modelNames)).catch(() => null);
          return tasks.CheckEndpoint(ports)(input);
        },
      }),
  },
  {
    name: 'VerifyCandidate and RunCanary take every answer to the example row for a right one',
    rule: 'whatIsUpCanAnswer',
    among: ['fault createFailing: RunCanary', 'fault updateFailing: VerifyCandidate'],
    plant: () => engineWith({ ...takingAnyAnswer('RunCanary'), ...takingAnyAnswer('VerifyCandidate') }),
  },
  {
    name: 'CreateModel does not try again after throttling',
    rule: 'whatPassesPasses',
    among: ['fault create: CreateModel sagemaker:CreateModel #1 throttled'],
    plant: () =>
      machineWith((states) => {
        delete states.CreateModel!.Retry;
      }),
  },
  {
    name: 'ResolveRequest fills what a request leaves out with the defaults of the platform',
    rule: 'settingsStay',
    among: ['commands on serving'],
    plant: () => engineWith(given('ResolveRequest', () => ({ releaseSettings: { find: async () => ({}) } }))),
  },
  {
    name: 'RunCanary does not look whether the rollout was cancelled',
    rule: 'cancelledIsUndone',
    among: ['cancel create: cancelled entering RunCanary'],
    plant: () =>
      engineWith(
        given('RunCanary', ({ leases }) => ({
          leases: {
            ...leases,
            read: async (endpointName) => {
              const lease = await leases.read(endpointName);
              return lease && { ...lease, cancellations: [] };
            },
          },
        })),
      ),
  },
  {
    name: 'a cancellation is told to be done as soon as it is asked for',
    rule: 'cancelledIsUndone',
    among: ['cancel updateLive: cancelled entering RetireSuperseded'],
    plant: () =>
      engineWith({
        LeaseEndpoint: (ports) => async (input) => {
          const asked = await tasks.LeaseEndpoint(ports)(input);
          return input.request.cancels === undefined ? asked : { ...asked, verdict: 'cancelled', failure: null };
        },
      }),
  },
  {
    name: 'PlanRollout reads of a live configuration its variants alone',
    rule: 'nothingIsLost',
    among: ['fault takeOverRefused: PlanRollout'],
    plant: () =>
      engineWith(
        given('PlanRollout', ({ endpointConfigs }) => ({
          endpointConfigs: {
            ...endpointConfigs,
            find: async (name) => {
              const config = await endpointConfigs.find(name);
              return config && { ...config, members: { ProductionVariants: config.members.ProductionVariants } };
            },
          },
        })),
      ),
  },
  ...defectsOfVariants,
  ...defectsOfHosting,
  ...defectsOfWaits,
];
