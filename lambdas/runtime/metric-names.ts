// What the functions measure, by the names that the dashboard shares.

/** The CloudWatch namespace of all of it. */
export const METRICS_NAMESPACE = 'SageMakerDeployer';

/** One for each task that ended; dimensions `service`, `step` and `result` (a verdict, an outcome or an error's name). */
export const TASKS_METRIC = 'Tasks';

/** One for each wait that began; dimensions `service`, `wait` and `verdict`: `waits`, `changed` or `unkept`. */
export const WAITS_METRIC = 'Waits';

/** One for each rollout that ended; dimensions `service`, `stack` and `outcome` (`cancelled` for what was cancelled). */
export const OUTCOMES_METRIC = 'Outcomes';

/** One for each rollout about whose end somebody has to do something at once; dimensions `service` and `stack`. */
export const NEEDS_SOMEBODY_METRIC = 'NeedsSomebody';

/** The dimension `service` of every metric, and of every line of the logs. */
export const SERVICE = 'sagemaker-deployer';

/** Rollouts recovered and uploads started again by one sweep. */
export const SWEPT_METRIC = 'Swept';
