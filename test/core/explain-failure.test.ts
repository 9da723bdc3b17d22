// Why it failed: texts as people met them, each with its cause; and that nothing can make the explanation fail or grow.
import fc from 'fast-check';
import { explainFailure, type FailureFacts } from '../../lambdas/core/diagnosis/explain-failure.ts';
import { failureCausesAtLast } from '../../lambdas/core/diagnosis/failure-causes-generic.ts';
import { failureCausesOfAws } from '../../lambdas/core/diagnosis/failure-causes-of-aws.ts';
import { failureCausesOfContainers } from '../../lambdas/core/diagnosis/failure-causes-of-containers.ts';
import { failureCausesOfKeys } from '../../lambdas/core/diagnosis/failure-causes-of-keys.ts';
import { errorPolicies } from '../../state-machine/contract/errors.ts';
import {
  ExplanationSchema,
  type FailureCause,
  failureCauses,
  MAXIMUM_EVIDENCE_BYTES,
  MAXIMUM_EVIDENCE_CHARACTERS,
  MAXIMUM_EVIDENCE_LINES,
  MAXIMUM_EXPLANATION_CHARACTERS,
} from '../../state-machine/contract/explanation.ts';
import { codePoint } from '../setup/code-point.ts';
import { runs } from '../setup/runs.ts';

const facts = (changes: Partial<FailureFacts>): FailureFacts => ({
  failure: { Error: 'DeploymentFailed', Cause: 'The endpoint iris is Failed instead of InService.' },
  endpointStatus: null,
  failureReason: null,
  logLines: [],
  modelErrors: [],
  unread: null,
  ...changes,
});
const PING =
  'The primary container for production variant primary did not pass the ping health check. Please check CloudWatch logs for this endpoint.';
const failed = (name: string, Cause: string) => facts({ failure: { Error: name, Cause } });
const reason = (failureReason: string) => facts({ failureReason, endpointStatus: 'Failed' });
/** Its containers did not answer /ping, and this is what they printed. */
const printed = (...logLines: string[]) => facts({ failureReason: PING, logLines });
const canary = (Cause: string, changes: Partial<FailureFacts> = {}) =>
  facts({ failure: { Error: 'CanaryFailed', Cause }, endpointStatus: 'InService', ...changes });
const answered = (originalStatus: number, originalMessage = '', logLines: string[] = []) =>
  canary(`Golden case "one": the status is ${originalStatus} instead of 200: x.`, {
    modelErrors: [{ originalStatus, originalMessage, logStreamArn: 'arn:aws:logs:eu-west-1:1:log-group:g' }],
    logLines,
  });

const QUOTA =
  "The account-level service limit 'ml.m4.xlarge for endpoint usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please contact AWS support to request an increase for this limit.";

const texts: [FailureCause, FailureFacts, RegExp?][] = [
  ['requestRejected', failed('RequestRejected', 'hosting.instanceType: Found "x".')],
  [
    'quotaExceeded',
    failed('QuotaExceeded', QUOTA),
    /"ml\.m4\.xlarge for endpoint usage" of this account is 0: 0 are in use, and 1 more/,
  ],
  [
    'quotaExceeded',
    reason(
      "The account-level service limit 'Maximum total concurrency that can be allocated across all serverless endpoints' is 10 Units, with current utilization of 8 Units and a request delta of 5 Units.",
    ),
    /serverless endpoints may have together, "Maximum total concurrency .*", is 10: 8 are in use, and 5 more/,
  ],
  ['quotaExceeded', failed('CallRefused', 'LimitExceededException: Your limit has been reached.')],
  [
    'permissionMissing',
    failed(
      'AccessDenied',
      'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/Deployer-CreateModelRole-1AB/Deployer-CreateModel is not authorized to perform: sagemaker:CreateModel on resource: arn:aws:sagemaker:eu-west-1:123456789012:model/iris-m-1 because no identity-based policy allows the sagemaker:CreateModel action',
    ),
    /^The role Deployer-CreateModelRole-1AB lacks the permission sagemaker:CreateModel\./,
  ],
  [
    // A resource whose ARN says "alarm" is no alarm that went off.
    'permissionMissing',
    failed(
      'AccessDenied',
      'AccessDenied: User: arn:aws:sts::1:assumed-role/R/f is not authorized to perform: cloudwatch:DescribeAlarms on resource: arn:aws:cloudwatch:eu-west-1:1:alarm:TargetTracking-x',
    ),
    /cloudwatch:DescribeAlarms/,
  ],
  ['permissionMissing', failed('AccessDenied', 'AccessDeniedException: no')],
  [
    'permissionMissing',
    printed(
      'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: Access Denied',
    ),
    /GetObject/,
  ],
  [
    'keyNotUsable',
    failed(
      'CallRefused',
      'KMSInvalidStateException: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is pending deletion.',
    ),
    /cannot be used/,
  ],
  [
    'keyNotUsable',
    reason('arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled.'),
    /or gone\. arn:aws:kms:eu-west-1:123456789012:key\/1234abcd-12ab-34cd-56ef-1234567890ab$/,
  ],
  ['throttled', failed('Throttled', 'ThrottlingException: Rate exceeded')],
  ['awsUnavailable', failed('ServiceUnavailable', 'InternalFailure: ')],
  ['awsUnavailable', reason('Request to service failed. If failure persists after retry, contact customer support.')],
  ['endpointBusy', failed('EndpointBusy', 'ValidationException: Cannot update in-progress endpoint "x".')],
  [
    'changedBySomebodyElse',
    failed('EndpointChanged', 'The endpoint iris does not exist: somebody deleted it.'),
    /deleted/,
  ],
  ['leaseLost', failed('LeaseLost', 'another execution holds the lease')],
  ['stopped', failed('Stopped', 'The rollback r-2 asked for it.'), /r-2/],
  ['stopped', failed('Stopped', ''), /its end\.$/],
  ['cancelled', failed('Cancelled', 'The rollout was cancelled by r-2.'), /by r-2\.$/],
  ['superseded', failed('Superseded', 'The rollout r-2 took the place of this one.')],
  ['stackUpdated', failed('ContractVersionUnsupported', 'reads 2, found 0')],
  ['functionTimedOut', failed('States.Timeout', '')],
  ['functionTimedOut', failed('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 60.00 seconds')],
  [
    'imageNotPullable',
    reason(
      'Please make sure all images included in the model for the production variant AllTraffic exist, and that the execution role used to create the model has permissions to access them.',
    ),
  ],
  [
    'imageNotPullable',
    reason(
      "The role 'arn:aws:iam::911100000000:role/test-role' does not have BatchGetImage permission for the image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:1.15.2-gpu'.",
    ),
    /role\/test-role may not pull .*: it lacks ecr:BatchGetImage/,
  ],
  [
    'imageNotPullable',
    failed(
      'CallRefused',
      'ValidationException: The repository of your image 007439368137.dkr.ecr.eu-west-2.amazonaws.com/sagemaker-tritonserver:25.09-py3 does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:BatchCheckLayerAvailability permission to sagemaker.amazonaws.com service principal.',
    ),
    /does not grant ecr:GetDownloadUrlForLayer/,
  ],
  [
    'imageManifestUnsupported',
    failed(
      'CallRefused',
      'ValidationException: Unsupported manifest media type application/vnd.oci.image.manifest.v1+json for image 1.dkr.ecr.eu-west-1.amazonaws.com/own:1.0.0. Ensure that valid manifest media type is used for specified image.',
    ),
    /application\/vnd\.oci\.image\.manifest\.v1\+json/,
  ],
  ['imageTooLarge', reason('Image size 13279248421 is greater than supported size 10737418240'), /13279248421 bytes/],
  ['wrongArchitecture', printed('exec /usr/bin/python3: exec format error')],
  ['wrongArchitecture', printed('standard_init_linux.go:228: exec user process caused: exec format error')],
  ['wrongArchitecture', printed('Illegal instruction (core dumped)')],
  [
    'wrongRegion',
    failed('CallRefused', "AuthorizationHeaderMalformed: the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
  ],
  [
    'modelDataNotReadable',
    failed(
      'CallRefused',
      'ValidationException: Could not access model data at s3://b/model.tar.gz. Please ensure that the role "arn:aws:iam::1:role/x" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in eu-west-1.',
    ),
    /cannot read s3:\/\/b\/model\.tar\.gz with the execution role arn:aws:iam::1:role\/x/,
  ],
  [
    'modelDataNotReadable',
    reason(
      'Failed to download model data for container "container_1" from URL: "s3://cvat/pth/model.tar.gz". Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the object.',
    ),
    /cannot download the model from s3:\/\/cvat\/pth\/model\.tar\.gz/,
  ],
  [
    'modelDataNotExtracted',
    reason(
      'Failed to extract model data archive for container "container_1" from URL "s3://b/models/model_mnist.tar.gz". Please ensure that the object located at the URL is a valid tar.gz archive.',
    ),
  ],
  [
    'outOfDisk',
    reason(
      'The model data archive is too large. Please reduce the size of the model data archive or move to an instance type with more memory.',
    ),
  ],
  ['outOfDisk', printed("OSError: [Errno 28] No space left on device: '/opt/ml/model/a' -> '/.sagemaker/a'")],
  [
    'noCapacity',
    reason(
      'Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type.',
    ),
  ],
  ['noCapacity', reason('CapacityError: Unable to provision requested ML compute capacity.')],
  [
    'alarm',
    facts({
      failure: { Error: 'DeploymentRolledBack', Cause: 'SageMaker put the endpoint iris back.' },
      failureReason: 'Deployment was rolled back because the following alarm(s) were in ALARM state: iris-5xx-rate',
    }),
    /because the alarm iris-5xx-rate went off/,
  ],
  ['alarm', reason('The CloudWatch alarm "too many errors" tripped, rolling back'), /alarm too many errors went off/],
  ['alarm', reason('an alarm'), /did not name/],
  [
    'alarmNotUsable',
    failed('AlarmNotUsable', 'The alarm "errors" is in ALARM: the update would be taken back at once.'),
    /"errors" is in ALARM/,
  ],
  [
    'fleetNotJudged',
    failed(
      'CanaryFailed',
      'The new fleet of iris (iris-c-2) had 3 invocations while its traffic moved; fewer than 20 judge nothing, since the alarms stay silent.',
    ),
    /3, at least 20 are needed/,
  ],
  [
    'fleetNotJudged',
    failed(
      'CanaryFailed',
      'The variant b of iris had 3 invocations while it was watched; fewer than 20 judge nothing, since the alarms stay silent.',
    ),
    /3, at least 20 are needed/,
  ],
  [
    'alarm',
    failed(
      'CanaryFailed',
      'While the weights moved (step 1 of 2: a 70 %, b 30 %), alarms in ALARM: "iris-5xx", "mine".',
    ),
    /the alarm iris-5xx went off/,
  ],
  [
    'wrongAnswers',
    failed(
      'CanaryFailed',
      'While its traffic moved, the new model of iris answered 2 of 40 golden requests wrongly. x',
    ),
    /2 of 40/,
  ],
  ['containerNotStarted', printed('exec: "serve": executable file not found in $PATH')],
  [
    'containerNotStarted',
    reason(
      "CannotStartContainerError. Please ensure the model container for variant comfyui-sample starts correctly when invoked with 'docker run <image> serve'",
    ),
  ],
  [
    'environmentInvalid',
    printed("SAGEMAKER_MODEL_SERVER_WORKERS is 'many'; the number of workers is a number from 1 to 1024."),
    /SAGEMAKER_MODEL_SERVER_WORKERS/,
  ],
  [
    'portNotBound',
    printed('2026-01-01 ERROR inference_server cannot listen on 0.0.0.0 port 8080: Address already in use'),
  ],
  ['portNotBound', printed('nginx: [emerg] bind() to 0.0.0.0:8080 failed (98: Address already in use)')],
  [
    'modelRefused',
    printed(
      "2026-11-22 17:00:00,000 ERROR inference_server the model cannot be served: The archive has no model.pkl and no model.joblib at its top; it holds ['a'].",
    ),
    /refuses the model: The archive has no model\.pkl/,
  ],
  [
    'sklearnVersionMismatch',
    printed(
      '2026-11-22 ERROR inference_server the model cannot be served: model.pkl was written by scikit-learn 1.2.2, this server has 1.5, 1.6, 1.7, 1.8, 1.9. Train with one of these.',
    ),
    /trained with scikit-learn 1\.2\.2; the serving image has 1\.5, 1\.6, 1\.7, 1\.8, 1\.9\./,
  ],
  [
    'sklearnVersionMismatch',
    printed(
      'Traceback (most recent call last):',
      '  File "/opt/ml/serve.py", line 3, in <module>',
      'ValueError: node array from the pickle has an incompatible dtype:',
      "- expected: {'names': ['left_child']}",
    ),
  ],
  ['sklearnVersionMismatch', printed("ModuleNotFoundError: No module named 'sklearn.ensemble.forest'")],
  [
    'sklearnVersionMismatch',
    printed("AttributeError: 'DecisionTreeClassifier' object has no attribute 'monotonic_cst'"),
  ],
  [
    'sklearnVersionMismatch',
    canary('Golden case "one": $.predictions[0] is 1 instead of 2.', {
      logLines: [
        'sklearn/base.py:376: InconsistentVersionWarning: Trying to unpickle estimator SVC from version 1.0.2 when using version 1.3.2. This might lead to breaking code or invalid results.',
      ],
    }),
    /\(SVC\) was trained with scikit-learn 1\.0\.2 and is loaded with 1\.3\.2,/,
  ],
  ['missingDependency', printed("ModuleNotFoundError: No module named 'xgboost'"), /package xgboost,/],
  [
    'missingDependency',
    printed('ImportError: libgomp.so.1: cannot open shared object file: No such file or directory'),
    /libgomp\.so\.1/,
  ],
  ['missingDependency', answered(500, '', ["ImportError: No module named 'pandas'"]), /pandas/],
  [
    'missingDependency',
    printed('pip._vendor.urllib3.exceptions.NewConnectionError: Failed to establish a new connection'),
  ],
  ['gpuMissing', printed('RuntimeError: Found no NVIDIA driver on your system.')],
  ['gpuMissing', printed('OSError: libcudart.so.11.0: cannot open shared object file: No such file or directory')],
  [
    'outOfMemory',
    printed('[2024-01-19 00:48:32 +0000] [2973] [ERROR] Worker (pid:2977) was sent SIGKILL! Perhaps out of memory?'),
  ],
  ['outOfMemory', printed('Worker was terminated due to signal 9')],
  ['outOfMemory', printed('numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array')],
  ['outOfMemory', printed('the container ended: SIGKILL')],
  ['outOfMemory', printed('Killed \r')],
  ['outOfMemory', answered(500, '', ['MemoryError'])],
  ['modelNotLoadable', printed("_pickle.UnpicklingError: invalid load key, '\\x1f'.")],
  ['modelNotLoadable', printed("AttributeError: Can't get attribute 'MyModel' on <module '__main__' from 'serve'>")],
  ['modelNotLoadable', printed('No versions of servable model found under base path /opt/ml/model')],
  [
    'crashedOnStart',
    printed('Traceback (most recent call last):', '  File "serve", line 1', "KeyError: 'THRESHOLD'"),
    /KeyError: 'THRESHOLD'/,
  ],
  ['crashedOnStart', printed('starting', 'the container ended: exit status 3')],
  ['healthCheckFailed', printed('serving on 127.0.0.1:5000')],
  [
    'answerTimedOut',
    answered(
      0,
      'Your invocation timed out while waiting for a response from container primary. Review the latency metrics',
    ),
  ],
  [
    'answerTimedOut',
    answered(
      0,
      'Amazon SageMaker could not get a response from the x endpoint. This can occur when CPU or memory utilization is high.',
    ),
  ],
  ['failedAnswers', answered(500, 'Internal Server Error')],
  ['failedAnswers', answered(415)],
  [
    'failedAnswers',
    canary('The model answered the example row that it makes itself with status 500: {"error":"no"}.', {
      modelErrors: [{ originalStatus: 500, originalMessage: '{"error":"no"}', logStreamArn: null }],
    }),
    /answers requests with errors/,
  ],
  ['failedAnswers', canary('3 of 20 requests failed; canaryInvocations.maximumErrorPercent allows 0 %.')],
  ['wrongAnswers', canary('Golden case "setosa": $.predictions[0] is 1 instead of 0.'), /"setosa"/],
  [
    // A trace of a golden case that has to fail is not why the others are wrong.
    'wrongAnswers',
    canary('Golden case "setosa": $.predictions[0] is 1 instead of 0.', {
      logLines: ['Traceback (most recent call last):', 'ValueError: bad input'],
    }),
  ],
  [
    'tooSlow',
    canary('The 99th percentile of the latency is 812 ms; canaryInvocations.maximumP99Milliseconds allows 500.'),
    /is 812 ms, 500 ms are allowed/,
  ],
  ['tooSlow', canary('Only 3 of 20 requests were answered in the time for the canary run.'), /Only 3 of 20/],
  ['deadlineExceeded', failed('DeadlineExceeded', 'The endpoint iris is still Creating at the deadline.')],
  ['deadlineExceeded', reason('Deployment was rolled back because it exceeded MaximumExecutionTimeoutInSeconds')],
  ['rolledBackWithoutReason', failed('DeploymentRolledBack', 'SageMaker put the endpoint iris back.')],
  ['unknown', reason('Something that nobody has seen before.')],
  ['unknown', failed('SomethingElse', '')],
];

test.each(texts)('%s', (cause, seen, summary = /./) => {
  const explanation = explainFailure(seen);
  expect(explanation).toMatchObject({ cause, summary: expect.stringMatching(summary) });
  expect(explanation.summary).not.toMatch(/[{}]|undefined/);
  expect(explanation.nextStep).not.toMatch(/[{}]|undefined/);
});

test('every cause of the contract is told from some text, and no rule has another', () => {
  const rules = [...failureCausesOfKeys, ...failureCausesOfAws, ...failureCausesOfContainers, ...failureCausesAtLast];
  expect(new Set(texts.map(([cause]) => cause))).toEqual(new Set(failureCauses));
  expect(new Set([...rules.map(({ cause }) => cause), 'unknown'])).toEqual(new Set(failureCauses));
});

test('every name of the error policy has a cause', () => {
  for (const name of Object.keys(errorPolicies)) {
    const { cause } = explainFailure(failed(name, 'text of no meaning'));
    // What these mean, only their texts tell.
    if (!['DeploymentFailed', 'CallRefused', 'CanaryFailed'].includes(name))
      expect([name, cause]).not.toContain('unknown');
  }
});

test('of an unknown cause the evidence is shown: what SageMaker said, the last exception, the last lines', () => {
  const logLines = ['own.Error: strange', ...Array.from({ length: 20 }, (_, index) => `line ${index}`)];
  expect(
    explainFailure({ ...reason('New words.'), failure: { Error: 'CallRefused', Cause: 'x' }, logLines }).evidence,
  ).toEqual(['FailureReason: New words.', 'EndpointStatus: Failed']);
  const unknown = explainFailure({ ...reason('New words.'), logLines: logLines.slice(1) });
  expect(unknown.cause).toBe('unknown');
  expect(unknown.evidence).toEqual([
    'FailureReason: New words.',
    'EndpointStatus: Failed',
    ...[14, 15, 16, 17, 18, 19].map((line) => `Log: line ${line}`),
  ]);
});

test('what a container says at each of its starts is shown once', () => {
  const start = (at: number) => [
    `2026-11-22 18:0${at}:30,701 INFO start`,
    `2026-11-22 18:0${at}:31,000 ERROR x MemoryError`,
  ];
  const { evidence } = explainFailure(printed(...start(1), ...start(2), ...start(3)));
  expect(evidence.filter((line) => line.startsWith('Log: '))).toEqual([
    'Log: 2026-11-22 18:03:31,000 ERROR x MemoryError',
    'Log: 2026-11-22 18:03:30,701 INFO start',
  ]);
});

test('that the log could not be read is part of the evidence', () => {
  const { cause, evidence } = explainFailure({ ...reason(PING), unread: 'AccessDenied: no logs:FilterLogEvents' });
  expect([cause, evidence.at(-1)]).toEqual([
    'healthCheckFailed',
    'The log could not be read: AccessDenied: no logs:FilterLogEvents',
  ]);
});

test('old lines explain nothing where the containers had no part in it', () => {
  const seen = { ...failed('AccessDenied', 'AccessDeniedException: no'), logLines: ['MemoryError'] };
  expect(explainFailure(seen)).toMatchObject({ cause: 'permissionMissing', evidence: [] });
});

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

test.each([
  ['the status of one of several answers', canary('Golden case "one": x.'), [422, 500], true],
  ['no answer at all', canary('Golden case "one": x.'), [0], true],
  ['errors of the server', canary('Golden case "one": x.'), [503], true],
  ['errors that a case asks for', canary('Golden case "one": x.'), [400, 422, 499], false],
  ['no errors', canary('Golden case "one": x.'), [], false],
  ['a status in words', canary('Golden case "one": the status is 503 instead of 200: x.'), [], true],
  ['a refusal in words', canary('Golden case "one": the status is 404 instead of 200: x.'), [], true],
  ['a success in words', canary('Golden case "one": the status is 201 instead of 200: x.'), [], false],
])(
  'what containers print counts where answers failed, not where they were wrong: %s',
  (_name, seen, statuses, counts) => {
    const modelErrors = statuses.map((originalStatus) => ({ originalStatus, originalMessage: '', logStreamArn: null }));
    const { cause } = explainFailure({ ...seen, modelErrors, logLines: ['MemoryError'] });
    expect(cause).toBe(counts ? 'outOfMemory' : 'wrongAnswers');
  },
);

// Each is given how many lines, characters or errors stand beside the text that matters.
test.each<[string, number, (more: number) => FailureFacts]>([
  ['500 lines', 499, (more) => printed('MemoryError', ...lines(more))],
  ['1,000 characters of a line', 988, (more) => printed(`${'x'.repeat(more)} MemoryError`)],
  ['4,000 characters of a reason', 3_988, (more) => reason(`${'x'.repeat(more)} OutOfMemory...`)],
  [
    '4,000 characters of a cause',
    3_984,
    (more) => canary(`${'x'.repeat(more)}requests failed;`, { logLines: ['MemoryError'] }),
  ],
  [
    '20 errors of the model',
    19,
    (more) =>
      canary('Golden case "one": x.', {
        modelErrors: [...Array(more).fill(''), 'MemoryError'].map((originalMessage) => ({
          ...{ originalStatus: 500, originalMessage, logStreamArn: null },
        })),
      }),
  ],
])('%s are looked at, and no more', (_name, most, seen) => {
  expect(explainFailure(seen(most)).cause).toBe('outOfMemory');
  expect(explainFailure(seen(most + 1)).cause).not.toBe('outOfMemory');
});

test('the evidence: what AWS said, the last four lines that fit, the last exception, the last lines, twelve in all', () => {
  const killed = [1, 2, 3, 4, 5, 6].map((worker) => `worker ${worker}: MemoryError`);
  const logLines = ['own.Error: earlier', 'own.Error: strange', ...killed, '', '  ', ...lines(8)];
  expect(explainFailure({ ...printed(...logLines), endpointStatus: 'Failed' }).evidence).toEqual([
    `FailureReason: ${PING}`,
    'EndpointStatus: Failed',
    ...killed.slice(-4).map((line) => `Log: ${line}`),
    'Log: own.Error: strange',
    ...[3, 4, 5, 6, 7].map((line) => `Log: line ${line}`),
  ]);
  const few = explainFailure(printed('', 'x MemoryError', ' ', 'end', '\t')).evidence;
  expect(few).toEqual([`FailureReason: ${PING}`, 'Log: x MemoryError', 'Log: end']);
  const old = explainFailure(printed('own.Error: strange', 'x MemoryError', ...lines(499))).evidence;
  expect(old).not.toContain('Log: own.Error: strange');
});

test.each([
  ['ValueError: bad', true],
  ['pkg.v1.CustomException', true],
  ['SystemExit: 3', true],
  ['at ValueError: bad', false],
  ['ValueErrors: many', false],
  ['ValueError in a sentence', false],
])('%j is an exception: %p', (line, isOne) => {
  const { evidence } = explainFailure(printed(line, 'x MemoryError', ...lines(6)));
  expect(evidence.includes(`Log: ${line}`)).toBe(isOne);
});

test('in whatever script it is printed, the evidence has at most 4,000 bytes, and little less', () => {
  const logLines = lines(8).map((line) => `${line} ${'\u6f22'.repeat(400)}`);
  const { evidence } = explainFailure({ ...printed(...logLines), failureReason: null });
  const bytes = Buffer.byteLength(evidence.join(''));
  expect(bytes).toBeLessThanOrEqual(MAXIMUM_EVIDENCE_BYTES);
  expect(bytes).toBeGreaterThan(MAXIMUM_EVIDENCE_BYTES - 3 * MAXIMUM_EVIDENCE_CHARACTERS);
});

const STREAM = ' (arn:aws:logs:eu-west-1:1:log-group:g)';
test.each([
  ['{"instances": [[5.1, 3.5]], "name": "Jane"}', ''],
  ['{"error": "The model takes 4 features."}', ': The model takes 4 features.'],
  [' {"error":"The model takes 4 features."}\n', ': The model takes 4 features.'],
  ['Jane {"error": "x"}', ''],
  ['{"error": "x"} Jane', ''],
  ['{"error": "x", "name": "Jane"}', ''],
  ['{"error": "x\\" Jane"}', ''],
  [`{"error": "${'x'.repeat(201)}"}`, ''],
  [`${' '.repeat(990)}{"error": "x"}`, ''],
  [
    'Your invocation timed out while waiting for primary. Review Jane',
    ': Your invocation timed out while waiting for primary',
  ],
  ['Jane: Your invocation timed out', ''],
])('of what the model answered only the words of our own image and of SageMaker are shown: %j', (message, words) => {
  const { evidence } = explainFailure(answered(500, message));
  expect(evidence).toEqual(['EndpointStatus: InService', `Answer of the model: status 500${words}${STREAM}`]);
});

test('three answers are shown, of an endpoint without a log too', () => {
  const modelErrors = [500, 501, 502, 503].map((originalStatus) => ({
    ...{ originalStatus, originalMessage: '', logStreamArn: null },
  }));
  expect(explainFailure(canary('x', { endpointStatus: null, modelErrors })).evidence).toEqual(
    [500, 501, 502].map((status) => `Answer of the model: status ${status}`),
  );
});

test('credentials are taken out', () => {
  const { evidence } = explainFailure(
    printed(
      'GET https://b.s3.amazonaws.com/k?X-Amz-Credential=ASIAABCDEFGHIJKLMNOP%2F20260101&X-Amz-Signature=0123abcd',
      'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI password: hunter2 AKIAABCDEFGHIJKLMNOP Authorization: Bearer abcdefghijkl',
    ),
  );
  expect(evidence.join('\n')).not.toMatch(/EFGHIJKLMNOP|0123abcd|wJalr|hunter2|abcdefghijkl/);
});

const anyText = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 60 }),
  fc.constantFrom(
    ...texts.flatMap(([, { failureReason, logLines, failure }]) => [...logLines, failureReason ?? '', failure.Cause]),
  ),
  fc
    .tuple(
      fc.constantFrom('a', ' ', '.', 'A1.', "'", 'x: ', '\u6f22', '\ud83c', '\n'),
      fc.integer({ min: 1, max: 4000 }),
    )
    .map(([unit, count]) => unit.repeat(count)),
);
const anyFacts: fc.Arbitrary<FailureFacts> = fc.record({
  failure: fc.record({ Error: fc.oneof(fc.constantFrom(...Object.keys(errorPolicies)), anyText), Cause: anyText }),
  endpointStatus: fc.option(anyText),
  failureReason: fc.option(anyText),
  logLines: fc.array(anyText, { maxLength: 40 }),
  modelErrors: fc.array(
    fc.record({ originalStatus: fc.integer(), originalMessage: anyText, logStreamArn: fc.option(anyText) }),
    { maxLength: 30 },
  ),
  unread: fc.option(anyText),
});

test('it never throws, stays within its bounds on one line each, and says the same of the same', () => {
  fc.assert(
    fc.property(anyFacts, (seen) => {
      const explanation = explainFailure(seen);
      expect(ExplanationSchema.parse(explanation)).toEqual(explanation);
      expect(explainFailure(structuredClone(seen))).toEqual(explanation);
      const { summary, nextStep, evidence } = explanation;
      expect(evidence.length).toBeLessThanOrEqual(MAXIMUM_EVIDENCE_LINES);
      expect(Buffer.byteLength(evidence.join(''))).toBeLessThanOrEqual(MAXIMUM_EVIDENCE_BYTES);
      for (const line of evidence) expect(line.length).toBeLessThanOrEqual(MAXIMUM_EVIDENCE_CHARACTERS);
      for (const text of [summary, nextStep]) {
        expect(text.length).toBeGreaterThan(0);
        expect(text).toBe(text.trim());
        expect(text.length).toBeLessThanOrEqual(MAXIMUM_EXPLANATION_CHARACTERS);
      }
      for (const text of [summary, nextStep, ...evidence]) expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
    }),
    { numRuns: runs(500) },
  );
});

test('500 lines of one thing are read in well under a second', () => {
  const repeated = [
    "'".repeat(1000),
    'a.'.repeat(500),
    'A'.repeat(1000),
    'Error'.repeat(200),
    ' '.repeat(1000),
    '_'.repeat(1000),
  ];
  const logLines = Array.from({ length: 500 }, (_, index) => repeated[index % repeated.length]!);
  const started = performance.now();
  explainFailure({ ...printed(...logLines), failureReason: 'role/'.repeat(800) });
  expect(performance.now() - started).toBeLessThan(1000);
});
