// A permission that a role has not got makes a rollout fail here, as it would on AWS.
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type DeployedCloud, sharedCloud } from './deployed-cloud.ts';

let on: DeployedCloud;
let iam: IAMClient;
/** Each looks four times, half a minute apart, whether what was denied is there all the same: they begin first. */
const begun: Record<string, Promise<Outcome>> = {};

beforeAll(async () => {
  on = await sharedCloud();
  iam = new IAMClient(on.config);
  begun.CreateModel = whereDenied('CreateModel', 'CreateModel', 'model');
  begun.DeployEndpoint = whereDenied('DeployEndpoint', 'CreateEndpoint', 'endpoint');
  for (const outcome of Object.values(begun)) outcome.catch(() => {});
});

const endpointOf = (step: string) => `denied-${step.toLowerCase()}`;

/** Denied for one endpoint: the rollouts of others go on meanwhile. */
async function whereDenied(step: string, operation: string, resource: string): Promise<Outcome> {
  const Statement = {
    ...{ Effect: 'Deny', Action: `sagemaker:${operation}` },
    Resource: `arn:aws:sagemaker:us-east-1:000000000000:${resource}/${endpointOf(step)}*`,
  };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutRolePolicyCommand({ RoleName: await roleOf(step), PolicyName: 'Deny', PolicyDocument }));
  return on.outcomeOfUpload(on.forest, endpointOf(step), 'v1');
}

async function expectDenied(step: string, operation: string, outcome: Outcome): Promise<void> {
  expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'AccessDenied' });
  expect(outcome.cause).toContain(operation);
  await expect(on.served(endpointOf(step))).rejects.toThrow('Could not find endpoint');
}

test.each([
  ['CreateModel', 'CreateModel'],
  ['DeployEndpoint', 'CreateEndpoint'],
])('what is denied to the role of %s makes the rollout fail', async (step, operation) => {
  await expectDenied(step, operation, await begun[step]!);
});

test('so does a permission that is taken out of the role of RegisterScaling', async () => {
  const restore = await takeOut('RegisterScaling', 'RegisterScalableTarget');
  const outcome = await on.outcomeOfUpload(on.forest, endpointOf('RegisterScaling'), 'v1');
  await expectDenied('RegisterScaling', 'RegisterScalableTarget', outcome);
  await restore();
});

async function roleOf(step: string): Promise<string> {
  const { Roles } = await iam.send(new ListRolesCommand({}));
  return Roles?.find(({ RoleName }) => RoleName?.includes(step) && RoleName.includes('Role'))?.RoleName ?? '';
}

/** Takes one action out of the inline policies of a function's role; returns what puts it back. */
async function takeOut(step: string, operation: string): Promise<() => Promise<unknown>> {
  const RoleName = await roleOf(step);
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames ?? []) {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const document = decodeURIComponent(PolicyDocument ?? '');
    const action = new RegExp(`"[a-z-]+:${operation}"`, 'g');
    if (!action.test(document)) continue;
    const changed = document.replace(action, '"sagemaker:Nothing"');
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: changed }));
    return () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
  }
  throw new Error(`No inline policy of ${RoleName} allows ${operation}.`);
}
