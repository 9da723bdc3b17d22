// How long after an execution's end its last function may still change something.
import { steps } from '../../../state-machine/contract/steps.ts';

/** Between the engine's decision to invoke and the function's start, and between its call and the effect. */
const MARGIN_SECONDS = 60;

/**
 * Neither StopExecution nor a timeout stops a running function: its call may take effect until the function's own timeout.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
 */
export const RECOVERY_DELAY_SECONDS =
  Math.max(...Object.values(steps).map((step) => ('mutates' in step ? step.functionTimeoutSeconds : 0))) +
  MARGIN_SECONDS;
