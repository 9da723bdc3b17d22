/** The members of InvokeEndpoint and InvokeEndpointAsync. */

import { type OperationMembers, plain } from './member-lists.ts';

export const OF_INVOKE_ENDPOINT: OperationMembers = {
  service: 'sagemaker-runtime',
  operation: 'InvokeEndpoint',
  lists: {
    honoured: {
      EndpointName: { does: 'In its own case; not of an asynchronous endpoint' },
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

export const OF_INVOKE_ENDPOINT_ASYNC: OperationMembers = {
  service: 'sagemaker-runtime',
  operation: 'InvokeEndpointAsync',
  lists: {
    honoured: {
      EndpointName: {
        does: 'In its own case; of an asynchronous endpoint. Its queue outlives updates and a count of 0, and goes with the endpoint. The oldest request goes to the instance that has the fewest',
        unverified:
          'The text of the refusal. While an update moves traffic, of each fleet as many instances work as its share says. Instances that leave end what they work on. Requests of an instance or a container that is lost wait again in their old order; the third container that ends over one fails it',
      },
      Body: { does: 'Exactly one of Body and InputLocation' },
      InputLocation: {
        does: 'The execution role needs s3:GetObject; what cannot be read is a RequestDownloadFailure and a failed request',
      },
      ...plain('ContentType Accept CustomAttributes S3OutputPathExtension'),
      InferenceId: { does: 'For the container, and in names and notifications; two of the same name one object' },
      Filename: { unverified: 'The name of the failure: `-error` before the extension' },
      RequestTTLSeconds: {
        does: 'Of the wait in the queue, 21,600 by default',
        unverified: 'Requests that expire are ExpiredRequests, and nothing else is heard of them',
      },
      InvocationTimeoutSeconds: {
        does: 'Of the container, 900 by default',
        unverified:
          'A request that takes longer fails, though the page says "marked as expired"; no request is tried again for it',
      },
    },
    checked: {},
    kept: {},
    ignored: {},
    refused: {},
  },
};
