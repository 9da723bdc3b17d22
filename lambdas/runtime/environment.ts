// The names of the functions' environment variables, shared with the stack that sets them.

export const environmentNames = {
  /** The one bucket: uploads, artifacts, documents of rollouts, captured data. */
  bucketName: 'BUCKET_NAME',
  ledgerTableName: 'LEDGER_TABLE_NAME',
  outcomeTopicArn: 'OUTCOME_TOPIC_ARN',
  eventBusName: 'EVENT_BUS_NAME',
  /** The role that SageMaker hosts models with; passed by CreateModel alone. */
  executionRoleArn: 'EXECUTION_ROLE_ARN',
  /** Value of the ownership tag on everything that this stack makes. */
  stackName: 'STACK_NAME',
  accountId: 'ACCOUNT_ID',
  stateMachineArn: 'STATE_MACHINE_ARN',
  /** `PlatformSettings` as JSON. */
  platformSettings: 'PLATFORM_SETTINGS',
} as const;
export type EnvironmentKey = keyof typeof environmentNames;

/** The value of a variable that the stack sets. Throws at cold start, so that a wrong stack is noticed by the first call. */
export function environment(key: EnvironmentKey): string {
  const value = process.env[environmentNames[key]];
  if (value === undefined || value === '')
    throw new Error(`The environment variable ${environmentNames[key]} is not set.`);
  return value;
}

/** The region that the function runs in, which Lambda itself sets. */
export function region(): string {
  const { AWS_REGION } = process.env;
  if (AWS_REGION === undefined) throw new Error('The environment variable AWS_REGION is not set.');
  return AWS_REGION;
}
