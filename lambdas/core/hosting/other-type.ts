// Why an endpoint does not change between instances and serverless, and which ways there are instead.

const PAGE = 'https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html';

const ways = (endpointName: string) =>
  `Roll out to an endpoint of another name, or retire ${endpointName} first and deploy it then, which leaves it without an endpoint in between.`;

/** SageMaker would do this one, and never take it back: a rollback would have nowhere to go. */
export const notToInstances = (endpointName: string): string =>
  `The endpoint ${endpointName} is serverless, and instances are asked for. SageMaker would change it and never change it back (${PAGE}), so that no rollback would be left. ${ways(endpointName)}`;

export const notToServerless = (endpointName: string): string =>
  `The endpoint ${endpointName} serves on instances, and serverless hosting is asked for, which SageMaker refuses (${PAGE}). ${ways(endpointName)}`;
