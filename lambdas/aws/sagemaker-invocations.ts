// The port `Invocations` on SageMaker Runtime.
import { InvokeEndpointCommand, ModelError, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { RolloutError } from '../core/rollout-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Invocations } from '../ports/invocations.ts';
import { toRolloutError } from './sdk-error.ts';

const MAXIMUM_BODY_CHARACTERS = 64 * 1024;

export function sageMakerInvocations(client: SageMakerRuntimeClient, clock: Clock): Invocations {
  return {
    async invoke(endpointName, request) {
      const { contentType, body, inferenceId, customAttributes, targetVariant } = request;
      const { maximumCharacters = MAXIMUM_BODY_CHARACTERS } = request;
      const started = clock.now().getTime();
      const answered = (status: number, text: string, attributes = '') => ({
        status,
        body: text.slice(0, maximumCharacters),
        latencyMilliseconds: clock.now().getTime() - started,
        modelSha256: /(?:^|,)model-sha256=([0-9a-f]{64})(?:,|$)/.exec(attributes)?.[1] ?? null,
      });
      try {
        const command = new InvokeEndpointCommand({
          EndpointName: endpointName,
          ContentType: contentType,
          Body: body,
          InferenceId: inferenceId,
          CustomAttributes: customAttributes,
          TargetVariant: targetVariant,
        });
        const { Body, CustomAttributes, $metadata } = await client.send(command);
        return answered($metadata.httpStatusCode ?? 200, Body?.transformToString() ?? '', CustomAttributes);
      } catch (error) {
        // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
        if (error instanceof ModelError) {
          const { OriginalStatusCode = 500, OriginalMessage = error.message, LogStreamArn = null } = error;
          return { ...answered(OriginalStatusCode, OriginalMessage), logStreamArn: LogStreamArn };
        }
        if (error instanceof Error && error.name === 'ModelNotReadyException')
          throw new RolloutError('NotReady', error.message, { cause: error });
        throw toRolloutError(error);
      }
    },
  };
}
