// SageMaker endpoints.
import type { Tags } from './models.ts';

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
  /** What the pending deployment is doing, for people: for example `primary: Baking`. */
  progress: string | null;
  failureReason: string | null;
  variants: {
    name: string;
    currentInstanceCount: number | null;
    desiredInstanceCount: number | null;
    weight: number;
  }[];
}

export interface Endpoints {
  find(name: string): Promise<EndpointDescription | null>;
  tags(arn: string): Promise<Tags>;
  /** Rejects with `NotReady` when the configuration is not visible yet, `EndpointBusy` when the name is taken. */
  create(name: string, endpointConfigName: string, tags: Tags): Promise<void>;
  /**
   * Blue/green to another configuration. Every variant keeps what it has (RetainAllVariantProperties), data capture
   * excepted, and except for its instance count where `retainInstanceCounts` is false.
   * Rejects with `EndpointBusy` while something else changes the endpoint.
   */
  update(name: string, endpointConfigName: string, options: { retainInstanceCounts: boolean }): Promise<void>;
  /** Sets the tags in `set` and removes the keys in `remove`. */
  changeTags(arn: string, change: { set: Tags; remove: string[] }): Promise<void>;
  /** Deleting what is gone already is no error. Rejects with `EndpointBusy` while it is being created or changed. */
  remove(name: string): Promise<void>;
}
