// How a program reaches the local cloud.

/** What has to be exported so that any AWS CLI or SDK reaches the local cloud. */
export type CloudEnvironment = Record<
  'AWS_ENDPOINT_URL' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_REGION' | 'AWS_DEFAULT_REGION',
  string
>;
