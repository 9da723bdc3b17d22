// The roles of a synthesized stack, asked by IAM's own rules what they may do.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { type Operation, type Requirement, requiredFor } from '../../infra/authorisations.ts';
import { type FunctionName, functionCalls, type GrantedCall } from '../../infra/function-calls.ts';
import { sampleCalls } from './sample-calls.ts';
import { type Resource, type SynthesizedOptions, scope, synthesized, withValues } from './synthesized.ts';

type Tags = Record<string, string>;

/** `settings`: of the stack; with `kmsKeyArn` calls need that key too. */
export function simulatedRoles({ stackName = 'Deployer', settings = {} }: SynthesizedOptions = {}) {
  const { resources } = synthesized({ stackName, settings });
  const idOf = (type: string, startsWith = '') =>
    Object.keys(resources).find((id) => resources[id]!.Type === type && id.startsWith(startsWith))!;
  const resolved = (value: unknown) => withValues(resources, value) as string;
  const executionRoleArn = resolved({ 'Fn::GetAtt': [idOf('AWS::IAM::Role', 'ExecutionRole'), 'Arn'] });
  const names = {
    bucket: resolved({ Ref: idOf('AWS::S3::Bucket') }),
    table: resolved({ Ref: idOf('AWS::DynamoDB::Table') }),
    topicArn: resolved({ Ref: idOf('AWS::SNS::Topic') }),
    busArn: resolved({ 'Fn::GetAtt': [idOf('AWS::Events::EventBus'), 'Arn'] }),
    repository: resolved({ Ref: idOf('AWS::ECR::Repository') }),
    executionRoleArn,
    stackName,
  };
  const ours: Tags = { 'sagemaker-deployer:stack': stackName };
  const kmsKeyArn = settings.kmsKeyArn as string | undefined;

  function required(operation: Operation, input: Record<string, unknown>): Requirement[] {
    const [service, name] = operation.split(':') as [string, string];
    return requiredFor({ service, operation: name, input }, { ...scope, kmsKeyArn });
  }

  function policiesOf(role: Resource): { name: string; policy: never }[] {
    const inline = role.Properties.Policies as { PolicyName: string; PolicyDocument: unknown }[];
    return inline.map(({ PolicyName, PolicyDocument }) => ({
      name: PolicyName,
      policy: withValues(resources, PolicyDocument) as never,
    }));
  }

  /** `resourcePolicy`: of the resource itself; KMS asks it always. */
  async function allows(
    roleId: string,
    { action, resource, context }: Requirement,
    { tags = ours, resourcePolicy }: { tags?: Tags; resourcePolicy?: unknown } = {},
  ): Promise<boolean> {
    // What is being made has no tags yet.
    const taggable = /:(sagemaker|sagemaker-runtime):/.test(resource) && !('sagemaker:TaggingAction' in context);
    const resourceTags = taggable ? Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]) : [];
    const result = await runSimulation(
      {
        request: {
          action,
          resource: { resource, accountId: scope.account },
          principal: `arn:aws:sts::${scope.account}:assumed-role/${roleId.toLowerCase()}/function`,
          contextVariables: { ...Object.fromEntries(resourceTags), ...context },
        },
        identityPolicies: policiesOf(resources[roleId]!),
        ...(resourcePolicy !== undefined && { resourcePolicy: resourcePolicy as never }),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
    return result.overallResult === 'Allowed';
  }

  return {
    resources,
    names,
    samples: sampleCalls(names),
    idOf,
    resolved,
    required,
    policiesOf,
    allows,
    roleOf: (step: FunctionName) => idOf('AWS::IAM::Role', `${step}Role`),
  };
}

export const keyOf = ({ action, resource, context }: Requirement) => JSON.stringify([action, resource, context]);

/** The samples that are the task's own calls. */
export function isGranted(step: FunctionName, sample: ReturnType<typeof sampleCalls>[number]): boolean {
  return (functionCalls[step] as readonly GrantedCall[]).some((call) => {
    if (typeof call === 'string') return call === sample.operation;
    const [operation, under, input = {}] = call;
    return (
      operation === sample.operation && under === sample.under && 'VersionId' in input === 'VersionId' in sample.input
    );
  });
}
