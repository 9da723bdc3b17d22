/** The members of InvokeEndpoint. */

import { type OperationMembers, plain } from './member-lists.ts';

export const OF_INVOKE_ENDPOINT: OperationMembers = {
  service: 'sagemaker-runtime',
  operation: 'InvokeEndpoint',
  lists: {
    honoured: {
      EndpointName: { does: 'In its own case' },
      ...plain('Body ContentType Accept CustomAttributes'),
      TargetVariant: {
        unverified: 'A variant of weight 0 answers: "overrides the default behavior" implies it, and nothing states it',
      },
      InferenceId: { does: 'For the container, and in captured data' },
      TargetModel: { does: 'For the container, as it is' },
      SessionId: { does: 'For the container; it chooses no variant and no instance' },
    },
    checked: {},
    kept: {},
    ignored: plain('TargetContainerHostname EnableExplanations PrefixAwareId'),
    refused: plain('InferenceComponentName'),
  },
};
