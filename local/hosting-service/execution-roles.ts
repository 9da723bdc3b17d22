// What SageMaker does with the execution role of a model: it reads the archive, brings up instances, writes captured data. Each is
// tried against the role's own policies, and against the policy and the state of the key.
import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { authorise, type Requirement } from '../gateway/authorise.ts';
import { ACCOUNT } from '../gateway/callers.ts';
import { IdentityPolicyReader } from '../gateway/identity-policies.ts';
import type { CaptureFile } from '../hosting/data-capture.ts';
import type { StartedWith } from '../hosting/started-with.ts';
import type { KmsKeys } from '../ministack/kms-keys.ts';

/** What the role needs for a model in a VPC, and for volumes, captured data and answers with a key, as the API names them. */
export type RequiredOfRole = (
  hosted: Record<string, unknown>,
  scope: { partition: string; region: string; account: string },
) => Requirement[];

export interface ExecutionRolesOptions {
  iam: IAMClient;
  s3: S3Client;
  keys: KmsKeys;
  region: string;
  /** Default: no more than what the simulator itself tries, s3:GetObject and s3:PutObject. */
  requiredOfRole?: RequiredOfRole;
}

const ABSENT = /^(NotFound|NoSuchBucket|NoSuchEntity(Exception)?)$/;

export function executionRoles({ iam, s3, keys, region, requiredOfRole = () => [] }: ExecutionRolesOptions) {
  const reader = new IdentityPolicyReader(iam);
  const scope = { partition: 'aws', region, account: ACCOUNT };

  /** AWS's words for the first right that the role lacks. Rejects when there is no such role. */
  async function denial(roleArn: string, requirements: Requirement[]): Promise<string | undefined> {
    const roleName = nameOf(roleArn);
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/SageMaker`;
    const caller = { kind: 'role', name: arn, arn, roleName } as const;
    const policies = await reader.of(caller);
    const tagsOf = () => undefined;
    const denied = await authorise(requirements, { caller, policies, region, tagsOf, resourcePolicyOf: keys.policyOf });
    return denied?.message;
  }

  /** A right that is missing or a key that cannot be used; `KmsKeyId` may be an id or an alias, rights are on its ARN. */
  async function obstacle(roleArn: string, hosted: Hosted, besides: Requirement[] = []): Promise<string | undefined> {
    const given =
      hosted.KmsKeyId ?? hosted.DataCaptureConfig?.KmsKeyId ?? hosted.AsyncInferenceConfig?.OutputConfig.KmsKeyId;
    const key = given === undefined ? undefined : await keys.find(given);
    if (given !== undefined && !key) return `NotFoundException: Key '${given}' does not exist`;
    const needed = requiredOfRole(key ? withKey(hosted, key.arn) : { ...hosted }, scope);
    const denied = await denial(roleArn, [...besides, ...needed]);
    if (denied !== undefined || !key || key.state === 'Enabled') return denied;
    // https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    return key.state === 'Disabled'
      ? `DisabledException: ${key.arn} is disabled.`
      : `KMSInvalidStateException: ${key.arn} is ${key.state === 'PendingDeletion' ? 'pending deletion' : key.state}.`;
  }

  return {
    /** Whether the object is there, the role trusts SageMaker, and its policies allow s3:GetObject on the object. */
    async modelDataExists(url: string, roleArn: string): Promise<boolean> {
      const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
      const needed = { action: 's3:GetObject', resource: `arn:aws:s3:::${Bucket}/${Key}`, context: {} };
      try {
        const [{ Role }, denied] = await Promise.all([
          iam.send(new GetRoleCommand({ RoleName: nameOf(roleArn) })),
          denial(roleArn, [needed]),
          s3.send(new HeadObjectCommand({ Bucket, Key })),
        ]);
        return trustsSageMaker(decodeURIComponent(Role!.AssumeRolePolicyDocument!)) && denied === undefined;
      } catch (error) {
        if (ABSENT.test((error as Error).name)) return false;
        throw error;
      }
    },

    obstacle,

    /** Why instances that are started so do not come up. */
    async obstacleTo({ roleArn, VpcConfig, KmsKeyId, topics }: StartedWith): Promise<string | undefined> {
      for (const topic of topics) {
        const denied = await denial(roleArn, [{ action: 'sns:Publish', resource: topic, context: {} }]);
        // AWS's words: https://github.com/aws/amazon-sagemaker-examples/issues/4461
        if (denied !== undefined)
          return `The provided role '${roleArn}' is invalid. Please ensure that the role exists, that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com", and has "sns:Publish" permissions for topic "${topic}".`;
      }
      return await obstacle(roleArn, { VpcConfig, KmsKeyId });
    },

    /** @throws where the role may not write the file, or not with its key */
    async writeCapture({ bucket, key, body, roleArn, kmsKeyId }: CaptureFile): Promise<void> {
      const write = { action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/${key}`, context: {} };
      const DataCaptureConfig = kmsKeyId === undefined ? undefined : { KmsKeyId: kmsKeyId };
      const reason = await obstacle(roleArn, { DataCaptureConfig }, [write]);
      if (reason !== undefined) throw new Error(reason);
      const encryption = kmsKeyId && ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId } as const);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...(encryption || {}) }));
    },
  };
}

interface Hosted {
  VpcConfig?: StartedWith['VpcConfig'];
  KmsKeyId?: string;
  DataCaptureConfig?: { KmsKeyId: string };
  AsyncInferenceConfig?: { OutputConfig: { KmsKeyId: string } };
}

const withKey = ({ VpcConfig, KmsKeyId, DataCaptureConfig, AsyncInferenceConfig }: Hosted, arn: string) => ({
  VpcConfig,
  KmsKeyId: KmsKeyId && arn,
  DataCaptureConfig: DataCaptureConfig && { KmsKeyId: arn },
  AsyncInferenceConfig: AsyncInferenceConfig && { OutputConfig: { KmsKeyId: arn } },
});

const nameOf = (roleArn: string) => roleArn.slice(roleArn.lastIndexOf('/') + 1);

interface TrustPolicy {
  Statement: { Effect: string; Principal?: { Service?: string | string[] } }[];
}

function trustsSageMaker(document: string): boolean {
  const { Statement } = JSON.parse(document) as TrustPolicy;
  const services = Statement.flatMap(({ Effect, Principal }) =>
    Effect === 'Allow' ? [Principal?.Service].flat() : [],
  );
  return services.includes('sagemaker.amazonaws.com');
}
