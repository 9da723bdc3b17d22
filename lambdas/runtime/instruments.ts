// Logger and metrics of a function, one of each for its whole life. Neither ever sees an event or a payload.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE, SERVICE } from './metric-names.ts';

export const logger = new Logger({ serviceName: SERVICE });
export const metrics = new Metrics({ serviceName: SERVICE, namespace: METRICS_NAMESPACE });
