/** The members of CreateEndpointConfig. */

import { below, type List, type Members, type OperationMembers, plain } from './member-lists.ts';

const VARIANT: Record<List, Members> = {
  honoured: {
    VariantName: { does: 'Unique, also among shadow variants' },
    ModelName: { does: 'Required: there are no inference components' },
    ...plain('InitialInstanceCount InstanceType ContainerStartupHealthCheckTimeoutInSeconds'),
    'ServerlessConfig.MaxConcurrency': {
      does: 'Requests beyond it get 429; the sum of all is held to the quota, the two fleets of an update both',
      unverified: 'The name of the error, and that an update counts double',
    },
    'ServerlessConfig.ProvisionedConcurrency': {
      does: 'Not above MaxConcurrency; so many environments are always warm',
      unverified: 'Without it a target cannot be registered, and while it is scaled no update may take it away',
    },
  },
  checked: {
    'ServerlessConfig.MemorySizeInMB': {},
  },
  kept: {
    ...plain('VariantInstanceProvisionTimeoutInSeconds AcceleratorType CoreDumpConfig VolumeSizeInGB'),
    ...plain('ModelDataDownloadTimeoutInSeconds EnableSSMAccess ManagedInstanceScaling InferenceAmiVersion'),
    ...plain('CapacityReservationConfig AcceleratorPartitionLayouts'),
    RoutingConfig: { does: 'One server stands for all instances of a variant' },
  },
  ignored: {},
  refused: plain('InstancePools'),
};

const ofVariants = (list: List): Members => ({
  ...below('ProductionVariants[]', VARIANT[list]),
  ...below('ShadowProductionVariants[]', VARIANT[list]),
});

const ONLY_COMPONENTS = 'What these mean beside a ModelName is not documented; they are of inference components';

/** One row says what holds of all: see also InvokeEndpointAsync. */
const ASYNC = below('AsyncInferenceConfig', {
  'OutputConfig.S3OutputPath': {
    does: 'Not with serverless or shadow variants, and never removed again. The execution role needs s3:PutObject on the objects; its s3:AbortMultipartUpload and s3:ListBucket are not asked for',
    unverified:
      'Where it is missing InvokeEndpointAsync is refused; several variants share one queue; an endpoint on instances may become asynchronous',
  },
  'OutputConfig.S3FailurePath': {
    does: 'Without it nothing is written of a failure',
    unverified:
      'The text of the object. It is also written where the input cannot be read, or the answer cannot be written. Requests that expire in the queue leave no object and no notification, only ExpiredRequests',
  },
  'OutputConfig.KmsKeyId': { does: 'In the local cloud the role needs rights on it, as for captured data' },
  'OutputConfig.NotificationConfig.SuccessTopic': { does: 'The execution role needs sns:Publish' },
  'OutputConfig.NotificationConfig.ErrorTopic': {
    does: 'The execution role needs sns:Publish',
    unverified: 'Members of the message of a failure, beside those that public programs read',
  },
  'OutputConfig.NotificationConfig.IncludeInferenceResponseIn': {
    does: 'Up to 128 KB',
    unverified: 'It lies in `responseBody`, in base64: so public programs read it',
  },
  'ClientConfig.MaxConcurrentInvocationsPerInstance': {
    does: 'Requests at once of each instance; one server stands for all of them',
    unverified: 'Without it 4: AWS chooses a number and does not say which',
  },
});

export const OF_CREATE_ENDPOINT_CONFIG: OperationMembers = {
  service: 'sagemaker',
  operation: 'CreateEndpointConfig',
  lists: {
    honoured: {
      ...ofVariants('honoured'),
      ...plain('EndpointConfigName Tags[].Key Tags[].Value'),
      'ProductionVariants[].InitialVariantWeight': { unverified: 'Weights of which all are 0 are refused' },
      KmsKeyId: {
        does: 'Not with instance types of local storage. Caller and role need kms:CreateGrant, by their policies and by the key’s; an alias is looked up for the role only',
        unverified: 'What the role lacks, and a key that is disabled or missing, fail the endpoint and not the call',
      },
      ...ASYNC,
      'DataCaptureConfig.EnableCapture': {
        unverified: 'Answers other than 2XX are not captured',
      },
      'DataCaptureConfig.InitialSamplingPercentage': {},
      'DataCaptureConfig.DestinationS3Uri': { does: 'A file each second, and 256 MiB of each endpoint at most' },
      'DataCaptureConfig.KmsKeyId': {
        unverified: 'A role without rights on it loses what is captured; the endpoint serves',
      },
      'DataCaptureConfig.CaptureOptions[].CaptureMode': {},
      'DataCaptureConfig.CaptureContentTypeHeader.CsvContentTypes': {
        unverified: 'Types are compared without case and parameters',
      },
      'DataCaptureConfig.CaptureContentTypeHeader.JsonContentTypes': {
        unverified: 'Types are compared without case and parameters',
      },
    },
    checked: {
      ...ofVariants('checked'),
    },
    kept: {
      ...ofVariants('kept'),
      'ShadowProductionVariants[].InitialVariantWeight': { does: 'Its fleet runs, and no request is mirrored to it' },
      ...plain('ExplainerConfig MetricsConfig CrossRegionTrafficConfig'),
      ExecutionRoleArn: { unverified: ONLY_COMPONENTS },
      VpcConfig: { unverified: ONLY_COMPONENTS },
      EnableNetworkIsolation: { unverified: ONLY_COMPONENTS },
    },
    ignored: {},
    refused: ofVariants('refused'),
  },
};
