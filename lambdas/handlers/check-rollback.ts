// The function of CheckRollback.
import { sageMakerClient } from '../aws/clients.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { checkRollback } from '../tasks/check-rollback.ts';

const ports = { clock: systemClock, endpoints: sageMakerEndpoints(sageMakerClient()) };

export const handler = taskHandler('CheckRollback', checkRollback(ports));
