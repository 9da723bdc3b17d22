// The function of the sweeper.
import { dynamoDbClient, s3Client, sfnClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { dynamoDbSweeperLedger } from '../aws/dynamodb-sweeper-ledger.ts';
import { s3Uploads } from '../aws/s3-uploads.ts';
import { stepFunctionsExecutions } from '../aws/stepfunctions-executions.ts';
import { environment } from '../runtime/environment.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { sweepHandler } from '../runtime/sweep-handler.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { sweep } from '../tasks/sweep.ts';

const bucketName = environment('bucketName');
const { defaultEndpointName } = platformSettings();
const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  ledger: dynamoDbLedger(dynamoDbClient(), environment('ledgerTableName')),
  sweeperLedger: dynamoDbSweeperLedger(dynamoDbClient(), environment('ledgerTableName')),
  uploads: s3Uploads(s3Client(), bucketName),
  executions: stepFunctionsExecutions(sfnClient(), environment('stateMachineArn')),
};

export const handler = sweepHandler(sweep(ports, { bucketName, defaultEndpointName }));
