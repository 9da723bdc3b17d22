// The endpoints that functions in a VPC without a way to the internet need, by the services that they call.
import type { Operation } from './authorisations.ts';
import { functionCalls, functionNames } from './function-calls.ts';

/** As the table of authorisations names services. */
type ServiceOf<Name extends string> = Name extends `${infer Service}:${string}` ? Service : never;
type CalledService = ServiceOf<Operation>;

export interface VpcEndpoint {
  /** What follows `com.amazonaws.<region>.`: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
  readonly name: string;
  readonly type: 'interface' | 'gateway';
}

const viaInterface = (name: string): VpcEndpoint => ({ name, type: 'interface' });
/** Free of charge: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
const viaGateway = (name: string): VpcEndpoint => ({ name, type: 'gateway' });

const endpointOf: Record<CalledService, VpcEndpoint> = {
  s3: viaGateway('s3'),
  dynamodb: viaGateway('dynamodb'),
  sagemaker: viaInterface('sagemaker.api'),
  'sagemaker-runtime': viaInterface('sagemaker.runtime'),
  'application-autoscaling': viaInterface('application-autoscaling'),
  cloudwatch: viaInterface('monitoring'),
  'cloudwatch-logs': viaInterface('logs'),
  ecr: viaInterface('ecr.api'),
  sfn: viaInterface('states'),
  sns: viaInterface('sns'),
  eventbridge: viaInterface('events'),
};

/** Endpoint -> the functions whose calls need it, in the order of the table. */
export function neededEndpoints(): { endpoint: VpcEndpoint; functions: string[] }[] {
  return Object.entries(endpointOf)
    .map(([service, endpoint]) => ({
      endpoint,
      functions: functionNames.filter((name) =>
        functionCalls[name].some((call) => (typeof call === 'string' ? call : call[0]).startsWith(`${service}:`)),
      ),
    }))
    .filter(({ functions }) => functions.length > 0);
}
