// The function of ResolveRequest.
import { dynamoDbClient, ecrClient, s3Client } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { dynamoDbReleaseSettings } from '../aws/dynamodb-release-settings.ts';
import { ecrImages } from '../aws/ecr-images.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { s3Uploads } from '../aws/s3-uploads.ts';
import { environment, region } from '../runtime/environment.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { resolveRequest } from '../tasks/resolve-request.ts';

const bucketName = environment('bucketName');
const s3 = s3Client();
const dynamoDb = dynamoDbClient();
const ledgerTableName = environment('ledgerTableName');
const ports = {
  clock: systemClock,
  uploads: s3Uploads(s3, bucketName),
  documents: s3Documents(s3, bucketName),
  images: ecrImages(ecrClient()),
  ledger: dynamoDbLedger(dynamoDb, ledgerTableName),
  releaseSettings: dynamoDbReleaseSettings(dynamoDb, ledgerTableName),
  leases: dynamoDbLeases(dynamoDb, ledgerTableName),
};
const platform = { bucketName, accountId: environment('accountId'), region: region(), settings: platformSettings() };

export const handler = taskHandler('ResolveRequest', resolveRequest(ports, platform));
