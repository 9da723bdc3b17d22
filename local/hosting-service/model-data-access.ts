// Whether a model's role lets SageMaker read the model's archive: tried at CreateModel, by SageMaker and by the local cloud.
import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { authorise } from '../gateway/authorise.ts';
import { ACCOUNT } from '../gateway/callers.ts';
import { IdentityPolicyReader } from '../gateway/identity-policies.ts';

const ABSENT = /^(NotFound|NoSuchBucket|NoSuchEntity(Exception)?)$/;

/** Answers whether the object is there, the role trusts SageMaker, and its policies allow s3:GetObject on the object. */
export function modelDataAccess({ iam, s3, region }: { iam: IAMClient; s3: S3Client; region: string }) {
  const reader = new IdentityPolicyReader(iam);
  return async (url: string, roleArn: string): Promise<boolean> => {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
    const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/SageMaker`;
    const caller = { kind: 'role', name: arn, arn, roleName } as const;
    const needed = { action: 's3:GetObject', resource: `arn:aws:s3:::${Bucket}/${Key}`, context: {} };
    try {
      const [{ Role }, policies] = await Promise.all([
        iam.send(new GetRoleCommand({ RoleName: roleName })),
        reader.of(caller),
        s3.send(new HeadObjectCommand({ Bucket, Key })),
      ]);
      if (!trustsSageMaker(decodeURIComponent(Role!.AssumeRolePolicyDocument!))) return false;
      return (await authorise([needed], { caller, policies, region, tagsOf: () => undefined })) === undefined;
    } catch (error) {
      if (ABSENT.test((error as Error).name)) return false;
      throw error;
    }
  };
}

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
