// The function of InspectArtifact.
import { s3Client } from '../aws/clients.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { s3UploadedArchives } from '../aws/s3-uploaded-archives.ts';
import { environment } from '../runtime/environment.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { inspectArtifact } from '../tasks/inspect-artifact.ts';

const bucketName = environment('bucketName');
const s3 = s3Client();
const ports = { archives: s3UploadedArchives(s3, bucketName, systemClock), documents: s3Documents(s3, bucketName) };

export const handler = taskHandler('InspectArtifact', inspectArtifact(ports, platformSettings()));
