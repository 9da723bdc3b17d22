// What a person may name a rollout by: its execution, or what was uploaded.
import type { DeployedStack } from './deployed-stack.ts';
import type { UploadRef } from './find-execution.ts';
import { Refusal } from './refusal.ts';

export type RolloutRef = { executionArn: string; upload: null } | { executionArn: null; upload: UploadRef };

/**
 * Takes an execution's ARN or name, an upload's key (`models/iris/v1/model.tar.gz`) or its `s3://` address.
 *
 * @throws Refusal for anything else
 */
export function rolloutRef(text: string, { bucketName, stateMachineArn }: DeployedStack): RolloutRef {
  if (/^arn:[^:]+:states:[^:]*:[^:]*:execution:[^:]+:[^:]+$/.test(text)) return { executionArn: text, upload: null };
  if (text.startsWith('models/')) return { executionArn: null, upload: { bucket: bucketName, key: text } };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text) ?? [];
  if (bucket && key) return { executionArn: null, upload: { bucket, key } };
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
  if (/^[A-Za-z0-9_-]{1,80}$/.test(text)) {
    return { executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${text}`, upload: null };
  }
  throw new Refusal(
    `"${text}" names no rollout. Give an execution's ARN or name, or an upload's key: models/<endpoint>/<version>/model.tar.gz.`,
  );
}
