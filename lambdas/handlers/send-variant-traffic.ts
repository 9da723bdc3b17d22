// The function of SendVariantTraffic.
import { s3Client, sageMakerRuntimeClient } from '../aws/clients.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerInvocations } from '../aws/sagemaker-invocations.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { sendVariantTraffic } from '../tasks/send-variant-traffic.ts';

const ports = {
  clock: systemClock,
  documents: s3Documents(s3Client(), environment('bucketName')),
  invocations: sageMakerInvocations(sageMakerRuntimeClient(functionRun), systemClock),
};

export const handler = taskHandler('SendVariantTraffic', sendVariantTraffic(ports));
