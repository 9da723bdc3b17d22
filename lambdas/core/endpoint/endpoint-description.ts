// An endpoint as SageMaker describes it.
import type { Concurrency } from '../../../state-machine/contract/plan.ts';
import type { VariantRole } from '../../../state-machine/contract/variant.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
export type EndpointStatus =
  | 'OutOfService'
  | 'Creating'
  | 'Updating'
  | 'SystemUpdating'
  | 'RollingBack'
  | 'InService'
  | 'Deleting'
  | 'Failed'
  | 'UpdateRollbackFailed';

export interface EndpointDescription {
  name: string;
  arn: string;
  status: EndpointStatus;
  endpointConfigName: string;
  /** The configuration of a deployment that is under way, from PendingDeploymentSummary. */
  pendingEndpointConfigName: string | null;
  /** Whether the pending deployment moves traffic to its fleet, or watches it: VariantStatus ActivatingTraffic or Baking. */
  trafficMoves: boolean;
  /** What the pending deployment is doing, for people: for example `primary: Baking`. */
  progress: string | null;
  failureReason: string | null;
  /** Production variants and shadows. */
  variants: {
    name: string;
    role: VariantRole;
    currentInstanceCount: number | null;
    desiredInstanceCount: number | null;
    /** As it is desired, of a serverless variant; left out of every other. */
    concurrency?: Concurrency;
    weight: number;
  }[];
}
