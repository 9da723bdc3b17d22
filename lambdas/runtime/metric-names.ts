// What the functions measure, by the names that the dashboard shares.

/** The CloudWatch namespace of all of it. */
export const METRICS_NAMESPACE = 'SageMakerDeployer';

/** One for each task that ended; dimensions `service`, `step` and `result` (a verdict, an outcome or an error's name). */
export const TASKS_METRIC = 'Tasks';

/** Rollouts recovered and uploads started again by one sweep. */
export const SWEPT_METRIC = 'Swept';
