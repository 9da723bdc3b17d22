/** An event of SageMaker's, as EventBridge gets it: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */

export interface EndpointEvent {
  /** When it became so, in milliseconds since 1970. */
  readonly at: number;
  readonly source: 'aws.sagemaker';
  readonly 'detail-type': 'SageMaker Endpoint State Change' | 'SageMaker Endpoint Deployment State Change';
  readonly resources: readonly string[];
  readonly detail: {
    readonly EndpointName: string;
    readonly EndpointArn: string;
    readonly EndpointConfigName: string;
    /** UPPER_SNAKE, as no call of the API says it: `IN_SERVICE`. */
    readonly EndpointStatus: string;
    readonly ProductionVariants: readonly object[];
    /** Milliseconds since 1970, as in the page's examples. */
    readonly CreationTime: number;
    readonly LastModifiedTime: number;
    readonly Tags: Readonly<Record<string, string>>;
    /** Of a deployment alone. */
    readonly PendingDeploymentSummary?: object;
  };
}
