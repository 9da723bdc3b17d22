// The function of CheckEndpoint.
import { sageMakerClient } from '../aws/clients.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { checkEndpoint } from '../tasks/check-endpoint.ts';

const ports = { clock: systemClock, endpoints: sageMakerEndpoints(sageMakerClient()) };

export const handler = taskHandler('CheckEndpoint', checkEndpoint(ports));
