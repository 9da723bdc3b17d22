// The function of RecordOutcome.
import { announcements } from '../aws/announcements.ts';
import {
  cloudWatchLogsClient,
  dynamoDbClient,
  eventBridgeClient,
  s3Client,
  sfnClient,
  snsClient,
} from '../aws/clients.ts';
import { cloudWatchContainerLogs } from '../aws/cloudwatch-container-logs.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { dynamoDbOutcomeRecords } from '../aws/dynamodb-outcome-records.ts';
import { dynamoDbWakeTokens } from '../aws/dynamodb-wake-tokens.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { stepFunctionsAnswers } from '../aws/stepfunctions-answers.ts';
import { environment } from '../runtime/environment.ts';
import { outcomeReport } from '../runtime/outcome-report.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { recordOutcome } from '../tasks/record-outcome.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  ledger: {
    ...dynamoDbLedger(dynamoDbClient(), environment('ledgerTableName')),
    ...dynamoDbOutcomeRecords(dynamoDbClient(), environment('ledgerTableName')),
  },
  wakeTokens: dynamoDbWakeTokens(dynamoDbClient(), environment('ledgerTableName')),
  taskAnswers: stepFunctionsAnswers(sfnClient()),
  containerLogs: cloudWatchContainerLogs(cloudWatchLogsClient()),
  announcements: announcements(snsClient(), eventBridgeClient(), {
    topicArn: environment('outcomeTopicArn'),
    eventBusName: environment('eventBusName'),
  }),
};

const task = recordOutcome(ports, platformSettings().supersededFails);

export const handler = taskHandler('RecordOutcome', task).use(outcomeReport(environment('stackName')));
