// The function of RetireSuperseded.
import { dynamoDbClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { environment } from '../runtime/environment.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { retireSuperseded } from '../tasks/retire-superseded.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
};

export const handler = taskHandler('RetireSuperseded', retireSuperseded(ports));
