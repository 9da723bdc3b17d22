// The functions in the owner's VPC: their subnets and security groups, and what Lambda needs to connect them.
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Scope } from './authorisation-resources.ts';

export interface FunctionNetwork {
  subnetIds: string[];
  securityGroupIds: string[];
}

/** On the resource itself: with a Vpc, CDK wants availability zones too, which the functions do not need. */
export function connect(task: LambdaFunction, { subnetIds, securityGroupIds }: FunctionNetwork): void {
  (task.node.defaultChild as CfnFunction).vpcConfig = { subnetIds, securityGroupIds };
}

const INTERFACE_CHANGES = [
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];
/** They take no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const LOOKS = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];

/**
 * Lambda makes the network interfaces with the function's role, in the given subnets and security groups only. Which
 * interface it removes or gives an address nobody knows before: the page asks for all resources there. The function's own
 * code is denied all of it: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function networkStatements(
  { partition, region, account }: Scope,
  functionName: string,
  { subnetIds, securityGroupIds }: FunctionNetwork,
): { allowed: PolicyStatement[]; denied: PolicyStatement } {
  const ec2 = (resource: string) => `arn:${partition}:ec2:${region}:${account}:${resource}`;
  return {
    allowed: [
      new PolicyStatement({
        actions: ['ec2:CreateNetworkInterface'],
        resources: [
          ec2('network-interface/*'),
          ...subnetIds.map((id) => ec2(`subnet/${id}`)),
          ...securityGroupIds.map((id) => ec2(`security-group/${id}`)),
        ],
      }),
      new PolicyStatement({ actions: INTERFACE_CHANGES, resources: [ec2('*/*')] }),
      new PolicyStatement({ actions: LOOKS, resources: ['*'] }),
    ],
    denied: PolicyStatement.fromJson({
      Effect: 'Deny',
      Action: ['ec2:CreateNetworkInterface', ...INTERFACE_CHANGES, ...LOOKS],
      Resource: '*',
      Condition: {
        ArnEquals: {
          'lambda:SourceFunctionArn': `arn:${partition}:lambda:${region}:${account}:function:${functionName}`,
        },
      },
    }),
  };
}

export const networkPolicy = ({ allowed, denied }: ReturnType<typeof networkStatements>): PolicyDocument =>
  new PolicyDocument({ statements: [...allowed, denied] });
