// Every text that a rule knows, wherever it may stand: it names its cause there, and nowhere else.
import { executionRoleNeeds } from '../../infra/authorisation-networks.ts';
import { explainFailure, type FailureFacts } from '../../lambdas/core/diagnosis/explain-failure.ts';
import type { FailureSource, Situation } from '../../lambdas/core/diagnosis/failure-rule.ts';
import { KEY_ARN } from '../../simulate/world/stack-names.ts';
import type { FailureCause } from '../../state-machine/contract/explanation.ts';

const failures: Record<Situation, { Error: string; Cause: string }> = {
  notServing: { Error: 'DeploymentFailed', Cause: '' },
  failedAnswers: { Error: 'CanaryFailed', Cause: '2 requests failed; ' },
  wrongAnswers: { Error: 'CanaryFailed', Cause: '' },
  other: { Error: 'CallRefused', Cause: 'ValidationException: ' },
};
const situations = Object.keys(failures) as Situation[];
const sources = ['failure', 'reason', 'answer', 'log'] as const;

/** The cause where `text` stands in `source`, and nothing else says anything. */
function causeOf(text: string, situation: Situation, source: FailureSource): FailureCause {
  const failure = failures[situation];
  const originalStatus = situation === 'failedAnswers' ? 500 : 400;
  const facts: FailureFacts = {
    failure: source === 'failure' ? { ...failure, Cause: failure.Cause + text } : failure,
    endpointStatus: null,
    failureReason: source === 'reason' ? text : null,
    logLines: source === 'log' ? [text] : [],
    modelErrors: source === 'answer' ? [{ originalStatus, originalMessage: text, logStreamArn: null }] : [],
    unread: null,
  };
  return explainFailure(facts).cause;
}

interface Words {
  cause: FailureCause;
  in: readonly FailureSource[];
  while: readonly Situation[];
  texts: readonly string[];
}
const bySaying = (cause: FailureCause, ...texts: string[]): Words => ({
  ...{ cause, in: ['failure', 'reason'], while: situations, texts },
});
const atStart = (cause: FailureCause, from: readonly FailureSource[], ...texts: string[]): Words => ({
  ...{ cause, in: from, while: ['notServing'], texts },
});
const whileUnwell = (cause: FailureCause, from: readonly FailureSource[], ...texts: string[]): Words => ({
  ...{ cause, in: from, while: ['notServing', 'failedAnswers'], texts },
});
const printed = ['log', 'answer'] as const;

const words: Words[] = [
  bySaying(
    'quotaExceeded',
    "The account-level service limit 'ml.m5.large for endpoint usage' is 1 Instances, with current utilization of 1 Instances and a request delta of 1 Instances.",
    'ServiceQuotaExceededException: too many',
    'ResourceLimitExceededByCaller: too many',
    'An error occurred (LimitExceededException): no more',
    'ResourceLimitExceeded: no more',
  ),
  bySaying(
    'imageNotPullable',
    'The repository of your image 1.dkr.ecr.eu-west-1.amazonaws.com/a:1 does not grant ecr:BatchGetImage permission to sagemaker.amazonaws.com.',
    "The role 'arn:aws:iam::1:role/r' does not have BatchGetImage permission for the image: 'a:1'.",
    'Please make sure all images included in the model for the production variant primary exist',
    'Cannot pull algorithm container. Either the image does not exist or its permissions are wrong.',
    'Cannot pull container: a:1',
    'Requested image 1.dkr.ecr.eu-west-1.amazonaws.com/a:1 not found.',
    "The repository with name 'a' does not exist in the registry with id '1'",
    'CannotPullContainerError: denied',
    'manifest unknown: Requested tag',
    'ImageNotFoundException: none',
  ),
  bySaying(
    'keyNotUsable',
    `${KEY_ARN} is disabled.`,
    `${KEY_ARN} is pending deletion.`,
    `${KEY_ARN} is pending import.`,
    `Key '${KEY_ARN}' does not exist`,
    'KMSInvalidStateException: the key is not enabled',
    'An error occurred (KMS.DisabledException) when calling the GetObject operation',
    'The KMS key that was specified for the volume is disabled',
  ),
  bySaying(
    'imageManifestUnsupported',
    'Unsupported manifest media type application/vnd.oci.image.manifest.v1+json for image a:1.',
  ),
  bySaying('imageTooLarge', 'Image size 13279248421 is greater than supported size 10737418240'),
  {
    cause: 'wrongRegion',
    in: ['failure', 'reason', 'log'],
    while: ['notServing', 'other'],
    texts: [
      'An error occurred (PermanentRedirect) when calling the GetObject operation',
      'AuthorizationHeaderMalformed: the header is malformed',
      "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      'The bucket is in a different region: eu-west-1',
      'The bucket is in this region: eu-west-1. Please use this region to retry the request',
      'The bucket is in another region',
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
    ],
  },
  bySaying(
    'modelDataNotReadable',
    'Could not access model data at s3://b/m.tar.gz. Please ensure that the role "arn:aws:iam::1:role/x" exists',
    'Failed to download model data for container "container_1" from URL: "s3://b/m.tar.gz". Please ensure',
  ),
  bySaying('outOfDisk', 'The model data archive is too large. Please reduce the size of the model data archive'),
  bySaying(
    'modelDataNotExtracted',
    'Failed to extract model data archive for container "container_1" from URL "s3://b/m.tar.gz".',
  ),
  bySaying(
    'noCapacity',
    'InsufficientInstanceCapacity: try again',
    'CapacityError: Unable to provision',
    'Unable to provision requested ML compute capacity. Please retry using a different ML instance type',
    'EC2InsufficientCapacity',
    'The variant needs instances in at least 2 Availability Zones',
  ),
  atStart(
    'alarm',
    ['failure', 'reason'],
    'Alarm(s) in ALARM state: [iris-5xx, iris-latency]',
    "The CloudWatch alarm 'errors' tripped",
    'alarms were in ALARM: iris-5xx',
    'alarm was in ALARM: iris-5xx',
    'an alarm without a name',
    'The deployment was stopped by auto-rollback',
    'The deployment was stopped by AutoRollback',
  ),
  bySaying(
    'containerNotStarted',
    'CannotStartContainerError',
    "that it starts correctly when invoked with 'docker run",
  ),
  bySaying('healthCheckFailed', 'The primary container did not pass the ping health check.'),
  bySaying('deadlineExceeded', 'It exceeded MaximumExecutionTimeoutInSeconds', 'The deployment timed out'),
  bySaying(
    'awsUnavailable',
    'Request to service failed.',
    'InternalFailure',
    'Internal error',
    'Internal Server Error',
  ),
  atStart(
    'wrongArchitecture',
    ['log', 'reason'],
    'exec /usr/bin/python3: exec format error',
    '/bin/serve: cannot execute binary file: Exec format',
    "The requested image's platform (linux/arm64/v8) does not match the detected host platform (linux/amd64)",
    'no matching manifest for linux/arm64 in the manifest list entries',
  ),
  whileUnwell('wrongArchitecture', ['log'], 'Illegal instruction', 'ended by SIGILL', 'Worker ended by signal 4'),
  atStart(
    'sklearnVersionMismatch',
    ['log'],
    'model.pkl was written by scikit-learn 1.2.2, this server has 1.9.1. Train all of the model with scikit-learn 1.9.1.',
    'model.pkl was written by scikit-learn 1.2.2, this server has 1.5, 1.6, 1.7, 1.8, 1.9. Train with one of these.',
  ),
  whileUnwell(
    'sklearnVersionMismatch',
    printed,
    'ValueError: node array from the pickle has an incompatible dtype:',
    "ModuleNotFoundError: No module named 'sklearn.ensemble.forest'",
    "ModuleNotFoundError: No module named '_loss'",
    "ModuleNotFoundError: No module named 'numpy._core.multiarray'",
    ...['monotonic_cst', '_fill_dtype', '_sklearn_version', 'n_features_', '_parameter_constraints'].map(
      (attribute) => `AttributeError: 'SVC' object has no attribute '${attribute}'`,
    ),
    "AttributeError: 'SimpleImputer' object has no attribute 'missing_go_to_left'",
    "ValueError: <class 'numpy.random._pcg64.PCG64'> is not a known BitGenerator module.",
  ),
  {
    cause: 'sklearnVersionMismatch',
    in: ['log'],
    while: ['notServing', 'failedAnswers', 'wrongAnswers'],
    texts: [
      'InconsistentVersionWarning: Trying to unpickle estimator SVC from version 1.0.2 when using version 1.3.2.',
    ],
  },
  atStart('modelRefused', ['log'], 'the model cannot be served: it has no model.pkl'),
  atStart('environmentInvalid', ['log'], "WORKERS is 'many'; the number of workers is a number from 1 to 1024."),
  atStart(
    'portNotBound',
    ['log'],
    'cannot listen on 0.0.0.0 port 8080: denied',
    'OSError: [Errno 98] Address already in use',
    'Error: listen EADDRINUSE: :::8080',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (13)',
    'Permission denied on bind',
    'Permission denied for port 80',
    'listen tcp 0.0.0.0:80: bind: permission denied',
  ),
  atStart(
    'containerNotStarted',
    ['failure', 'reason', 'log'],
    'exec: "serve": executable file not found',
    'serve: executable file not found in $PATH',
    'exec /opt/serve: no such file or directory',
    'exec /opt/serve: permission denied',
    'standard_init_linux.go:228: exec user process caused: no such file',
    'unknown instruction: serve',
    "python: can't open file '/opt/serve.py': [Errno 2]",
  ),
  whileUnwell(
    'missingDependency',
    printed,
    "ModuleNotFoundError: No module named 'xgboost'",
    'error while loading shared libraries: libgomp.so.1: cannot open shared object file: No such file',
    'ImportError: libgomp.so.1: cannot open shared object file: No such file or directory',
    "/lib/libm.so.6: version `GLIBC_2.29' not found",
    "/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found",
  ),
  atStart(
    'missingDependency',
    printed,
    'connect: Network is unreachable',
    'Temporary failure in name resolution',
    'curl: (6) Could not resolve host: pypi.org',
    'NewConnectionError(<x>)',
    'Failed to establish a new connection: [Errno 101]',
    'Error: getaddrinfo EAI_AGAIN huggingface.co',
    'Error: getaddrinfo ENOTFOUND huggingface.co',
    'socket.gaierror: [Errno -2]',
  ),
  whileUnwell(
    'gpuMissing',
    printed,
    'RuntimeError: Found no NVIDIA driver on your system.',
    'RuntimeError: no CUDA-capable device is detected',
    'RuntimeError: CUDA driver version is insufficient for CUDA runtime version',
    'RuntimeError: CUDA error: invalid device ordinal',
    'OSError: libcuda.so.1: cannot open shared object file: No such file or directory',
    'OSError: libcudart.so.11.0: cannot open shared object file: No such file or directory',
    'Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False.',
    'could not select device driver "" with capabilities: [[gpu]]',
    'nvidia-container-cli: initialization error',
    'RuntimeError: No CUDA GPUs are available',
    'Failed to initialize NVML: Driver/library version mismatch',
  ),
  whileUnwell(
    'outOfMemory',
    [...printed, 'reason'],
    'MemoryError',
    'OSError: [Errno 12] Cannot allocate memory',
    'Error: spawn ENOMEM',
    'OutOfMemoryKilled',
    'FATAL ERROR: JavaScript heap out of memory',
    'torch.cuda.AcceleratorError: CUDA out of memory. Tried to allocate 2.00 GiB',
    'RuntimeError: CUDA error: out of memory',
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'numpy: Unable to allocate 7.45 GiB for an array',
    'OOMKilled',
    'OOM-killed',
    'kernel: oom-kill:constraint=CONSTRAINT_MEMCG',
    'Worker was sent SIGKILL!',
    'Worker was terminated due to signal 9',
    'exit code 137',
    'exit status 137',
    'Killed',
  ),
  whileUnwell(
    'outOfDisk',
    printed,
    'No space left on device',
    'Error: ENOSPC: write',
    'StorageFull',
    'Disk quota exceeded',
    'OSError: [Errno 28]',
  ),
  whileUnwell(
    'permissionMissing',
    printed,
    'An error occurred (AccessDenied) when calling the GetObject operation',
    'An error occurred (AccessDeniedException) when calling the GetSecretValue operation',
    'An error occurred (403) when calling the HeadObject operation',
    'User: x is not authorized to perform: s3:GetObject',
  ),
  whileUnwell(
    'modelNotLoadable',
    printed,
    '_pickle.UnpicklingError: bad',
    'ValueError: unsupported pickle protocol: 5',
    'invalid load key, x',
    'pickle data was truncated',
    'Ran out of input',
    "AttributeError: Can't get attribute 'MyModel' on <module '__main__'>",
    'No versions of servable model found under base path',
    "OSError: Can't load the model for 'x'",
    "OSError: Can't load model",
    'Error loading model: bad',
    'failed to load model',
    'Unable to load model',
    'xgboost.core.XGBoostError: bad',
    'RuntimeError: Error(s) in loading state_dict for Net:',
    'OSError: SavedModel file does not exist at: /opt/ml/model',
    'onnxruntime: InvalidProtobuf',
    'EOFError',
    'zipfile.BadZipFile: File is not a zip file',
    "FileNotFoundError: [Errno 2] No such file: '/opt/ml/model/x'",
  ),
  atStart(
    'crashedOnStart',
    ['log'],
    "KeyError: 'THRESHOLD'",
    'pkg.CustomException: bad',
    'SystemExit: 3',
    'KeyboardInterrupt',
    'Segmentation fault',
    'ended by SIGSEGV',
    'Worker ended by signal 11',
    'Aborted (core dumped)',
    'ended by SIGABRT',
    'panic: runtime error',
    'fatal error: all goroutines are asleep',
    'the container ended: exit status 3',
    'the container ended: SIGTERM',
    'the container ended: spawn serve ENOENT',
    '<HaltServer: Worker failed to boot.',
  ),
  {
    cause: 'answerTimedOut',
    in: ['failure', 'answer'],
    while: ['failedAnswers'],
    texts: [
      'Your invocation timed out',
      'Amazon SageMaker could not get a response from the endpoint',
      'Model server did not respond',
      'It timed out while waiting for a response',
    ],
  },
];
const each = words.flatMap(({ texts, ...where }) => texts.map((text) => ({ text, ...where })));

test.each(each)('$cause: $text', ({ text, cause, in: from, while: then }) => {
  for (const situation of situations)
    for (const source of sources) {
      const isMeant = from.includes(source) && then.includes(situation);
      // What AWS denies has a rule where AWS speaks, and one where containers do.
      if (!isMeant && cause === 'permissionMissing') continue;
      expect([situation, source, causeOf(text, situation, source) === cause]).toEqual([situation, source, isMeant]);
    }
});

test.each([
  ['States.Timeout', '', 'functionTimedOut'],
  ['States.HeartbeatTimeout', '', 'functionTimedOut'],
  ['Sandbox.Timedout', '', 'functionTimedOut'],
  ['Lambda.ClientExecutionTimeoutException', '', 'functionTimedOut'],
  ['Error', '2026-01-01T00:00:00Z 1 Task timed out after 60.00 seconds', 'functionTimedOut'],
  ['ServiceUnavailable', 'x', 'awsUnavailable'],
  ['NotReady', 'x', 'awsUnavailable'],
  ['Lambda.TooManyRequestsException', 'x', 'awsUnavailable'],
  ['ServiceException', 'x', 'awsUnavailable'],
  ['CallRefused', 'AccessDenied: User: x is not authorized to perform: sagemaker:CreateModel', 'permissionMissing'],
  ['CallRefused', 'The role x does not have s3:GetObject permission', 'permissionMissing'],
] as const)('the error %s: %s', (name, Cause, cause) => {
  const facts = { endpointStatus: null, failureReason: null, logLines: [], modelErrors: [], unread: null };
  expect(explainFailure({ ...facts, failure: { Error: name, Cause } }).cause).toBe(cause);
});

test.each([
  // A path is no port.
  ["PermissionError: [Errno 13] Permission denied: '/opt/ml/model/export/x'", 'crashedOnStart'],
  ["PermissionError: [Errno 13] Permission denied: '/opt/transport.py'", 'crashedOnStart'],
])('%s is %s', (line, cause) => expect(causeOf(line, 'notServing', 'log')).toBe(cause));

test.each([
  ...['RequestRejected', 'AccessDenied', 'Throttled', 'AlarmNotUsable', 'EndpointChanged', 'LeaseLost', 'Stopped'],
  ...['EndpointBusy', 'ContractVersionUnsupported', 'States.Timeout', 'ServiceUnavailable', 'NotReady'],
  ...['ServiceException', 'DeadlineExceeded', 'DeploymentRolledBack'],
])('only as the name of the error itself %s says why', (name) => {
  expect(causeOf(`The rollback r-1 ended ${name}: x`, 'other', 'failure')).toBe('unknown');
});

test.each([
  ['Alarm(s) in ALARM state: [iris-5xx, iris-latency]', 'iris-5xx, iris-latency'],
  ["The CloudWatch alarm 'errors' tripped", 'errors'],
  ['The CloudWatch alarm "errors" tripped', 'errors'],
  ['alarms were in ALARM: iris-5xx', 'iris-5xx'],
])('%s names the alarm', (failureReason, alarm) => {
  const facts = { endpointStatus: null, logLines: [], modelErrors: [], unread: null };
  const { summary } = explainFailure({ ...facts, failure: failures.notServing, failureReason });
  expect(summary).toContain(`the alarm ${alarm} went off`);
});

describe('a right on a key or a network: who lacks it, and the statement that grants it', () => {
  const explained = (text: string, by: 'failure' | 'reason') =>
    explainFailure({
      failure: by === 'failure' ? { Error: 'AccessDenied', Cause: text } : failures.notServing,
      ...{ endpointStatus: null, failureReason: by === 'reason' ? text : null, logLines: [], modelErrors: [] },
      unread: null,
    });
  const by = (role: string) =>
    `User: arn:aws:sts::000000000000:assumed-role/${role}/session is not authorized to perform:`;
  const identity = (action: string) => `because no identity-based policy allows the ${action} action`;
  const resource = (action: string) => `because no resource-based policy allows the ${action} action`;
  /** The JSON in a sentence. */
  const statementIn = (nextStep: string) =>
    JSON.parse(nextStep.slice(nextStep.indexOf('{'), nextStep.lastIndexOf('}') + 1));
  const forAws = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
  const principal = (role: string) => ({ AWS: `arn:aws:iam::000000000000:role/${role}` });

  test.each<[string, string, string, object]>([
    [
      'the caller may give no grant',
      `${by('Stack-DeployEndpointRole-1')} kms:CreateGrant on resource: ${KEY_ARN} ${identity('kms:CreateGrant')}`,
      `The role Stack-DeployEndpointRole-1 may not give SageMaker a grant on the key ${KEY_ARN}.`,
      { Effect: 'Allow', Action: 'kms:CreateGrant', Resource: KEY_ARN, Condition: forAws },
    ],
    [
      'the key’s policy allows no grant',
      `${by('Stack-DeployEndpointRole-1')} kms:CreateGrant on resource: ${KEY_ARN} ${resource('kms:CreateGrant')}`,
      `The key's own policy does not let the role Stack-DeployEndpointRole-1 give SageMaker a grant on ${KEY_ARN}.`,
      {
        ...{ Effect: 'Allow', Principal: principal('Stack-DeployEndpointRole-1'), Action: 'kms:CreateGrant' },
        ...{ Resource: '*', Condition: forAws },
      },
    ],
    [
      'the execution role may not encrypt what is captured',
      `${by('execution')} kms:GenerateDataKey on resource: ${KEY_ARN} ${identity('kms:GenerateDataKey')}`,
      `The role execution lacks kms:GenerateDataKey on the key ${KEY_ARN}.`,
      { Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: KEY_ARN },
    ],
    [
      'the key’s policy denies it',
      `${by('execution')} kms:Decrypt on resource: ${KEY_ARN} with an explicit deny in a resource-based policy`,
      `The key's own policy does not allow the role execution kms:Decrypt on ${KEY_ARN}.`,
      { Effect: 'Allow', Principal: principal('execution'), Action: 'kms:Decrypt', Resource: '*' },
    ],
    [
      'the execution role may make no network interface',
      `${by('execution')} ec2:CreateNetworkInterface on resource: arn:aws:ec2:us-east-1:000000000000:subnet/subnet-1 ${identity('ec2:CreateNetworkInterface')}`,
      'The role execution that hosts the model lacks ec2:CreateNetworkInterface, which a model in a VPC needs.',
      { Effect: 'Allow', Action: ec2Actions(), Resource: '*' },
    ],
    [
      'the execution role may not publish to a topic',
      `The provided role 'arn:aws:iam::000000000000:role/path/execution' is invalid. Please ensure the role exists, that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com", and has "sns:Publish" permissions for topic "arn:aws:sns:us-east-1:000000000000:answers".`,
      'The role path/execution that hosts the model may not publish to the topic arn:aws:sns:us-east-1:000000000000:answers, which hosting.notifications names.',
      { Effect: 'Allow', Action: 'sns:Publish', Resource: 'arn:aws:sns:us-east-1:000000000000:answers' },
    ],
  ])('%s', (_what, text, summary, statement) => {
    for (const source of ['failure', 'reason'] as const) {
      const explanation = explained(text, source);
      expect(explanation).toMatchObject({ cause: 'permissionMissing', summary });
      expect(explanation.nextStep).not.toMatch(/…|\.\.\.$/);
      expect(statementIn(explanation.nextStep)).toEqual(statement);
    }
  });

  /** As the role has them. */
  function ec2Actions(): string[] {
    const actions = executionRoleNeeds.map(({ action }) => action).filter((action) => action.startsWith('ec2:'));
    return [...new Set(actions)];
  }

  test('the longest names leave the statement whole', () => {
    const text = `${by('r'.repeat(64))} kms:CreateGrant on resource: ${KEY_ARN} ${resource('kms:CreateGrant')}`;
    expect(statementIn(explained(text, 'failure').nextStep)).toMatchObject({ Principal: principal('r'.repeat(64)) });
  });
});
