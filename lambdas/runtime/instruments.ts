// Logger and metrics of a function, one of each for its whole life. Neither ever sees an event or a payload.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

const SERVICE = 'sagemaker-deployer';

/** The CloudWatch namespace of all that the functions measure. */
export const METRICS_NAMESPACE = 'SageMakerDeployer';

/** One for each task that ended; dimensions `service`, `step` and `result` (a verdict, an outcome or an error's name). */
export const TASKS_METRIC = 'Tasks';

export const logger = new Logger({ serviceName: SERVICE });
export const metrics = new Metrics({ serviceName: SERVICE, namespace: METRICS_NAMESPACE });
