// The function of CheckCandidate.
import { dynamoDbClient, sageMakerClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { checkCandidate } from '../tasks/check-candidate.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  deploymentTarget: sageMakerEndpoints(sageMakerClient(functionRun)),
};

export const handler = taskHandler('CheckCandidate', checkCandidate(ports));
