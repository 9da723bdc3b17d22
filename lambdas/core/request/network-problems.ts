// What a request asks for of private networks and keys that the platform does not allow, or that SageMaker does not have.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ResolvedHosting, ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { hasLocalStorage } from '../hosting/local-storage.ts';
import { notificationsOf, topicsOf } from '../hosting/notifications.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import type { ResolvedSettings } from './with-defaults.ts';

type Lists = Pick<
  PlatformSettings,
  'allowedSubnetIds' | 'allowedSecurityGroupIds' | 'allowedKmsKeyArns' | 'allowedNotificationTopicArns'
>;

/** `settings`: the request with every default; `hostings`: of its variants. */
export function networkProblems(
  { network, encryption }: CheckedRequest,
  settings: ResolvedSettings,
  platform: Lists,
  hostings: readonly ResolvedHosting[],
): Problem[] {
  const within = (where: string, found: readonly (string | undefined)[], setting: keyof Lists): Problem[] => {
    const others = unlisted(found, platform[setting]);
    if (others.length === 0) return [];
    const message = `Found ${others.join(', ')}, which the platform's setting ${setting} does not list. Allowed: ${platform[setting].join(', ') || 'none'}.`;
    return [problem(where, message)];
  };
  return [
    ...within('network.vpc.subnetIds', network?.vpc?.subnetIds ?? [], 'allowedSubnetIds'),
    ...within('network.vpc.securityGroupIds', network?.vpc?.securityGroupIds ?? [], 'allowedSecurityGroupIds'),
    ...within('encryption.volumeKmsKeyArn', [encryption?.volumeKmsKeyArn], 'allowedKmsKeyArns'),
    ...within('encryption.captureKmsKeyArn', [encryption?.captureKmsKeyArn], 'allowedKmsKeyArns'),
    ...within('encryption.answersKmsKeyArn', [encryption?.answersKmsKeyArn], 'allowedKmsKeyArns'),
    ...localStorageProblems(settings, hostings),
  ];
}

/** What a release has of networks, keys and topics that the settings do not list any more, by the setting. */
export function noLongerListed(
  {
    vpc,
    volumeKmsKeyArn,
    answersKmsKeyArn,
    dataCapture,
    hosting,
  }: Pick<ResolvedRequest, 'vpc' | 'volumeKmsKeyArn' | 'answersKmsKeyArn' | 'dataCapture' | 'hosting'>,
  platform: Lists,
): string[] {
  const found: Record<keyof Lists, readonly (string | undefined)[]> = {
    allowedSubnetIds: vpc?.subnetIds ?? [],
    allowedSecurityGroupIds: vpc?.securityGroupIds ?? [],
    allowedKmsKeyArns: [volumeKmsKeyArn, answersKmsKeyArn, dataCapture?.kmsKeyArn],
    allowedNotificationTopicArns: topicsOf(notificationsOf(hosting)),
  };
  return (Object.keys(found) as (keyof Lists)[]).flatMap((setting) => {
    const others = unlisted(found[setting], platform[setting]);
    return others.length === 0 ? [] : [`${setting}: ${others.join(', ')}`];
  });
}

const unlisted = (found: readonly (string | undefined)[], allowed: readonly string[]): string[] =>
  [...new Set(found)].filter((each) => each !== undefined).filter((each) => !allowed.includes(each));

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html, KmsKeyId */
function localStorageProblems({ volumeKmsKeyArn }: ResolvedSettings, hostings: readonly ResolvedHosting[]): Problem[] {
  if (volumeKmsKeyArn === undefined) return [];
  const types = hostings.flatMap((hosting) => hostingTypeOf(hosting.type).instances(hosting)?.type ?? []);
  return [...new Set(types)].filter(hasLocalStorage).map((type) => {
    const message = `${type} has local storage, which its hardware encrypts: SageMaker takes no key for it. Leave it out, or use an instance type without local storage, such as ml.m5.large.`;
    return problem('encryption.volumeKmsKeyArn', message);
  });
}
