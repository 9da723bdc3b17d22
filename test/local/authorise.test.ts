// The decisions of IAM that the gateway makes for the services that MiniStack lacks.
import { authorise, type Requirement } from '../../local/gateway/authorise.ts';
import type { IdentityPolicies } from '../../local/gateway/identity-policies.ts';

const session = 'arn:aws:sts::000000000000:assumed-role/CreateModelRole/CreateModel';
const caller = { kind: 'role', name: 'CreateModel', arn: session, roleName: 'CreateModelRole' } as const;
const model = 'arn:aws:sagemaker:us-east-1:000000000000:model/iris-1';

const policy = (...Statement: object[]) => ({ name: 'inline', policy: { Version: '2012-10-17', Statement } });
const allow = (Action: string, Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

function decide(policies: IdentityPolicies, requirements: Requirement[], tags?: Record<string, string>) {
  const tagsOf = () => tags;
  return authorise(requirements, { caller, policies, region: 'us-east-1', tagsOf });
}
const create: Requirement = { action: 'sagemaker:CreateModel', resource: model, context: {} };

test('what a policy of the role allows is allowed', async () => {
  const identity = [policy(allow('sagemaker:CreateModel', 'arn:aws:sagemaker:*:*:model/iris-*'))];
  await expect(decide({ identity }, [create])).resolves.toBeUndefined();
});

test("what none allows is refused in AWS's words", async () => {
  const identity = [policy(allow('sagemaker:CreateModel', 'arn:aws:sagemaker:*:*:model/other-*'))];
  await expect(decide({ identity }, [create])).resolves.toEqual({
    code: 'AccessDeniedException',
    message:
      `User: ${session} is not authorized to perform: sagemaker:CreateModel on resource: ${model} ` +
      'because no identity-based policy allows the sagemaker:CreateModel action',
  });
});

test('every requirement has to be allowed, PassRole included, under its condition', async () => {
  const role = 'arn:aws:iam::000000000000:role/Execution';
  const toSageMaker = { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } };
  const identity = [policy(allow('sagemaker:CreateModel', '*'), allow('iam:PassRole', role, toSageMaker))];
  const passTo = (service: string): Requirement[] => [
    create,
    { action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': service } },
  ];
  await expect(decide({ identity }, passTo('sagemaker.amazonaws.com'))).resolves.toBeUndefined();
  const refused = await decide({ identity }, passTo('ec2.amazonaws.com'));
  expect(refused?.message).toContain(`perform: iam:PassRole on resource: ${role}`);
});

test('tags of the request and of the resource are conditions', async () => {
  const ours = { StringEquals: { 'aws:RequestTag/stack': 'mine' } };
  const identity = [policy(allow('sagemaker:CreateModel', '*', ours))];
  const tagged = (stack: string): Requirement => ({ ...create, context: { 'aws:RequestTag/stack': stack } });
  await expect(decide({ identity }, [tagged('mine')])).resolves.toBeUndefined();
  await expect(decide({ identity }, [tagged('yours')])).resolves.toBeDefined();

  const remove: Requirement = { action: 'sagemaker:DeleteModel', resource: model, context: {} };
  const onOurs = { StringEquals: { 'aws:ResourceTag/stack': 'mine' } };
  const deletes = [policy(allow('sagemaker:DeleteModel', '*', onOurs))];
  await expect(decide({ identity: deletes }, [remove], { stack: 'mine' })).resolves.toBeUndefined();
  await expect(decide({ identity: deletes }, [remove], { stack: 'yours' })).resolves.toBeDefined();
  await expect(decide({ identity: deletes }, [remove])).resolves.toBeDefined();
});

test('the keys of Application Auto Scaling and of service-linked roles are conditions', async () => {
  const namespace = { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } };
  const identity = [policy(allow('application-autoscaling:RegisterScalableTarget', '*', namespace))];
  const resource = 'arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/0123456789abcdef';
  const register = (service: string): Requirement => ({
    action: 'application-autoscaling:RegisterScalableTarget',
    resource,
    context: { 'application-autoscaling:service-namespace': service },
  });
  await expect(decide({ identity }, [register('sagemaker')])).resolves.toBeUndefined();
  await expect(decide({ identity }, [register('dynamodb')])).resolves.toBeDefined();
});

test('an explicit deny and a permissions boundary are told apart', async () => {
  const everything = policy(allow('sagemaker:*', '*'));
  const deny = policy({ Effect: 'Deny', Action: 'sagemaker:CreateModel', Resource: '*' });
  const denied = await decide({ identity: [everything, deny] }, [create]);
  expect(denied?.message).toMatch(/with an explicit deny in an identity-based policy$/);
  const bounded = await decide({ identity: [everything], boundary: [policy(allow('s3:*', '*'))] }, [create]);
  expect(bounded?.message).toMatch(/because no permissions boundary allows the sagemaker:CreateModel action$/);
});

test('a requirement that IAM does not know is an error, not a refusal', async () => {
  const wrong = [{ ...create, action: 'sagemaker:CreateMdoel' }];
  await expect(decide({ identity: [policy(allow('*', '*'))] }, wrong)).rejects.toThrow('cannot be evaluated');
});
