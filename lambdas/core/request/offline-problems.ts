// All that is wrong with a request or a manifest whatever platform, endpoint and bucket it meets: the command line says so before
// the machine would, by the same functions and in the same words.
import type * as z from 'zod/mini';
import { CancelRequestSchema } from '../../../state-machine/contract/cancel-request.ts';
import {
  RecoverRequestSchema,
  RetireEndpointRequestSchema,
  RollbackRequestSchema,
} from '../../../state-machine/contract/other-requests.ts';
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { topicsOf } from '../hosting/notifications.ts';
import { parseS3Uri } from '../naming/object-keys.ts';
import { check, problem } from '../problems/problems.ts';
import { type CheckedRequest, checkRequest, type RequestCheck } from './check-request.ts';
import { endpointOfKey } from './found-model.ts';
import { goldenCasesSource } from './golden-cases-source.ts';
import { manifestProblems } from './manifest-request.ts';
import { type ModelSource, sourceOfModel, sourceOfRequest } from './model-source.ts';
import { type OtherAction, requestedAction } from './requested-action.ts';
import { settingsProblems } from './settings-problems.ts';
import { placedInVariant } from './variant-requests.ts';
import { withDefaults } from './with-defaults.ts';

const schemas: Record<OtherAction, z.core.$ZodType> = {
  rollback: RollbackRequestSchema,
  retireEndpoint: RetireEndpointRequestSchema,
  cancel: CancelRequestSchema,
  recover: RecoverRequestSchema,
};

/** `isManifest`: it lies, or will lie, under `models/<endpoint>/rollout.json`. */
export function offlineProblems(value: unknown, isManifest: boolean): Problem[] {
  const requested = requestedAction(value);
  if ('problem' in requested) return [requested.problem];
  if (requested.action !== 'deploy') return [...check(schemas[requested.action], value).problems];
  const asked = checkRequest(value);
  const { request, problems } = asked;
  return [
    ...problems,
    ...(isManifest ? manifestProblems(request) : modelProblems(asked)),
    ...settingsProblems(request, withDefaults(request, permissive(request), CAPTURE), permissive(request)).filter(
      ({ where }) => !dependsOnKept(where, request),
    ),
    ...casesProblems(request),
  ];
}

const CAPTURE = 's3://bucket/capture/';

/** The platform that allows everything that the request asks for. */
const permissive = ({ hosting, variants = [], network, encryption }: CheckedRequest): PlatformSettings => ({
  endpointNamePrefix: '',
  defaultEndpointName: null,
  servingImage: { repositoryName: 'serving', tag: 'any' },
  allowedRepositories: [],
  allowedInstanceTypes: [hosting, ...variants.map((variant) => variant.hosting)].map(instanceTypeOf),
  defaultInstanceType: DEFAULT_INSTANCE_TYPE,
  maximumInstances: Number.MAX_SAFE_INTEGER,
  maximumServerlessConcurrency: Number.MAX_SAFE_INTEGER,
  allowedSubnetIds: network?.vpc?.subnetIds ?? [],
  allowedSecurityGroupIds: network?.vpc?.securityGroupIds ?? [],
  allowedKmsKeyArns: Object.values(encryption ?? {}),
  allowedNotificationTopicArns: [hosting, ...variants.map((variant) => variant.hosting)].flatMap((each) =>
    topicsOf((each?.type === 'async' && each.notifications) || {}),
  ),
  maximumArchiveBytes: Number.MAX_SAFE_INTEGER,
  maximumUnpackedBytes: Number.MAX_SAFE_INTEGER,
  requireGoldenCases: false,
  requireCandidate: false,
  retainedReleases: 1,
  allowTrust: true,
  supersededFails: false,
  recoveryDelaySeconds: 1,
});
const DEFAULT_INSTANCE_TYPE = 'ml.m5.large';
const instanceTypeOf = (hosting: CheckedRequest['hosting']): string =>
  (hosting && 'instanceType' in hosting && hosting.instanceType) || DEFAULT_INSTANCE_TYPE;

/** What a request or a manifest leaves out may be kept from the newest release, field by field. */
function dependsOnKept(where: string, { strategy, network }: CheckedRequest): boolean {
  const mayWait = strategy?.type === 'allAtOnce' && strategy.terminationWaitSeconds === undefined;
  if (/^(variants\.\d+\.)?scaling\.target$/.test(where)) return true;
  if (where === 'alarms') return strategy === undefined || mayWait;
  return where === 'candidate.type' && network?.isolation === undefined;
}

/** Which bucket is the stack's is not known: the one that is named is taken for it. */
function modelProblems(asked: RequestCheck): Problem[] {
  const { endpointName = null, model, variants = [] } = asked.request;
  const ofVariants = variants.flatMap((variant, index) => {
    const bucketName = bucketOf(variant.model?.s3Uri);
    const source = variant.model && sourceOfModel(variant.model, endpointName, bucketName, `variants.${index}.model`);
    return source === undefined ? [] : sourceProblems(source, bucketName);
  });
  const bucketName = bucketOf(model?.s3Uri);
  return [...sourceProblems(sourceOfRequest(asked, bucketName), bucketName), ...ofVariants];
}

function sourceProblems(source: ModelSource, bucketName: string): Problem[] {
  if (source.kind === 'none') return source.found.problems;
  // Whether there is a default endpoint depends on the platform.
  if (source.kind !== 'archive' || source.place.kind === 'defaultEndpointArchive') return [];
  const named = endpointOfKey(source.place, false, { bucketName, settings: { defaultEndpointName: null } });
  return 'problem' in named ? [problem(source.where, named.problem)] : [];
}

function casesProblems({ canaryInvocations, variants = [] }: CheckedRequest): Problem[] {
  const problemsOf = (cases: CheckedRequest['canaryInvocations'] = {}) => {
    const source = goldenCasesSource(cases, bucketOf(cases.casesS3Uri));
    return source.kind === 'found' ? [...source.found.problems] : [];
  };
  const ofVariants = variants.flatMap((variant, index) =>
    problemsOf(variant.canaryInvocations).map((each) => placedInVariant(each, variant, index)),
  );
  return [...problemsOf(canaryInvocations), ...ofVariants];
}

const bucketOf = (uri: string | undefined): string => parseS3Uri(uri ?? '')?.bucket ?? '<bucket>';
