// The function of CreateModel.
import { dynamoDbClient, s3Client, sageMakerClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerModels } from '../aws/sagemaker-models.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { createModel } from '../tasks/create-model.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  models: sageMakerModels(sageMakerClient(functionRun), environment('executionRoleArn')),
};

export const handler = taskHandler('CreateModel', createModel(ports));
