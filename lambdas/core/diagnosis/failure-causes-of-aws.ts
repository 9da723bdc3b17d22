// What AWS says when something fails, and what it means. The first rule that matches counts: precise ones stand first.
// Texts as SageMaker gives them: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html (FailureReason,
// whose texts no page lists; they were gathered from public reports, whose addresses stand beside them).
import type { FailureRule } from './failure-rule.ts';

const said = ['failure', 'reason'] as const;

export const failureCausesOfAws: readonly FailureRule[] = [
  {
    cause: 'requestRejected',
    found: ['failure'],
    pattern: /^RequestRejected: /,
    summary: 'The request or the archive is not acceptable; nothing was changed. Every problem is listed.',
    nextStep: 'Mend every problem that is listed, then upload again or start again.',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-quotas
    cause: 'quotaExceeded',
    found: said,
    pattern:
      /account-level service limit '(?<quota>[^']{0,200}serverless[^']{0,200})' is (?<limit>[\d.,]+)(?: \w+)?, with current utilization of (?<used>[\d.,]+)(?: \w+)? and a request delta of (?<delta>[\d.,]+)/i,
    summary:
      'What this account\'s serverless endpoints may have together, "{quota}", is {limit}: {used} are in use, and {delta} more were asked for.',
    nextStep:
      'Lower hosting.maximumConcurrency of this endpoint or of others, retire endpoints that nobody needs, or ask for a higher quota in Service Quotas (Amazon SageMaker). An update needs room for its whole concurrency twice, and for 1 before it, for the candidate: `plan` adds it up.',
  },
  {
    // https://github.com/aws/amazon-sagemaker-examples/issues/307
    // https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
    cause: 'quotaExceeded',
    found: said,
    pattern:
      /account-level service limit '(?<quota>[^']{1,200})' is (?<limit>[\d.,]+)(?: \w+)?, with current utilization of (?<used>[\d.,]+)(?: \w+)? and a request delta of (?<delta>[\d.,]+)/,
    summary: 'The quota "{quota}" of this account is {limit}: {used} are in use, and {delta} more were asked for.',
    nextStep:
      'Ask for a higher quota "{quota}" in Service Quotas (Amazon SageMaker), or ask for fewer instances or another instance type. An update needs room for a second fleet, and for the candidate before it.',
  },
  {
    cause: 'quotaExceeded',
    found: said,
    pattern: /QuotaExceeded|ResourceLimitExceeded|LimitExceeded(?:Exception)?\b/,
    summary: 'A service quota of this account is used up; AWS did not name it in the usual words.',
    nextStep:
      'See the evidence for what was asked for, and ask for a higher quota in Service Quotas, or remove what is not needed.',
  },
  {
    // https://github.com/aws/deep-learning-containers/issues/5657
    cause: 'imageNotPullable',
    found: said,
    pattern: /repository of your image (?<image>\S{1,300}) does not grant (?<actions>ecr:[\w:, ]{1,200}) permission/,
    summary: 'SageMaker may not pull the image {image}: its repository does not grant {actions}.',
    nextStep:
      'Add a repository policy in ECR that grants these actions to the service principal sagemaker.amazonaws.com, or use an image of a repository in this account.',
  },
  {
    // https://github.com/aws/deep-learning-containers/issues/759
    cause: 'imageNotPullable',
    found: said,
    pattern:
      /role '(?<role>[^']{1,300})' does not have (?<action>\w{1,40}) permission for the image: '(?<image>[^']{1,300})'/,
    summary: 'The execution role {role} may not pull the image {image}: it lacks ecr:{action}.',
    nextStep:
      'Grant the execution role ecr:{action} on the repository of the image, or name a repository that the platform allows.',
  },
  {
    // https://github.com/aws/sagemaker-python-sdk/issues/1835
    cause: 'imageNotPullable',
    found: said,
    pattern:
      /make sure all images included in the model for the production variant (?<variant>\S{1,63}) exist|Cannot pull (?:algorithm )?container|(?:requested image|image) (?<image>\S{1,300}) not found|repository with name '(?<repository>[^']{1,256})' does not exist|CannotPullContainer|manifest unknown|ImageNotFoundException/i,
    summary: 'SageMaker cannot pull the image: it does not exist in the region, or the execution role may not read it.',
    nextStep:
      'Check that the image is there under its digest (aws ecr describe-images), in the region of the endpoint, and that neither a lifecycle rule nor a person removed it; then start again.',
  },
  {
    // https://github.com/aws/amazon-sagemaker-feedback/issues/180
    cause: 'imageManifestUnsupported',
    found: said,
    pattern: /Unsupported manifest media type (?<type>[\w.+/-]{1,100})(?: for image (?<image>\S{1,300}?)\.?(?:\s|$))?/,
    summary: 'SageMaker does not take images with a manifest of the type {type}.',
    nextStep:
      'Build the image as one Docker schema 2 image: docker buildx build --provenance=false --sbom=false --platform linux/amd64 --output type=docker, push it and start again.',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    cause: 'imageTooLarge',
    found: said,
    pattern: /Image size (?<size>\d{1,15}) is greater than supported size (?<limit>\d{1,15})/,
    summary: 'The image has {size} bytes; a serverless endpoint takes at most {limit}.',
    nextStep: 'Make the image smaller, or host the model on instances (hosting.type "realtime").',
  },
  {
    // https://github.com/philschmid/llm-sagemaker-sample/issues/2
    cause: 'wrongRegion',
    found: [...said, 'log'],
    situations: ['notServing', 'other'],
    pattern:
      /PermanentRedirect|AuthorizationHeaderMalformed|(?:the region '[\w-]{1,30}' is wrong; expecting '(?<region>[\w-]{1,30})')|bucket is in (?:a different|this|another) region|must be addressed using the specified endpoint/i,
    summary: 'Something that the model needs lies in another region than the endpoint.',
    nextStep:
      'Bucket, image and endpoint must be in one region: upload to the bucket of the stack in that region, and start again.',
  },
  {
    cause: 'modelDataNotReadable',
    found: said,
    pattern: /Could not access model data at (?<url>\S{1,1024}?)\.? Please ensure that the role "(?<role>[^"]{1,300})"/,
    summary: 'SageMaker cannot read {url} with the execution role {role}.',
    nextStep:
      'Check, in this order: the object is still there; it lies in the region of the endpoint; the role exists and trusts sagemaker.amazonaws.com; the role has s3:GetObject on it (and kms:Decrypt on its key). A bucket policy or a service control policy may deny it.',
  },
  {
    // https://github.com/aws/sagemaker-python-sdk/issues/2573 and many others
    cause: 'modelDataNotReadable',
    found: said,
    pattern: /Failed to download model data for container "(?<container>[^"]{1,63})" from URL:? "(?<url>[^"]{1,1024})"/,
    summary: 'SageMaker cannot download the model from {url}.',
    nextStep:
      'Check that the object is there, in the region of the endpoint, and that the execution role has s3:GetObject on it (and kms:Decrypt on its key), and that the S3 endpoint of its VPC, if it is in one, allows the bucket; then start again. The archive under artifacts/ is written once by this system: nobody else may delete it.',
  },
  {
    // https://github.com/aws/sagemaker-python-sdk/issues/879
    cause: 'outOfDisk',
    found: said,
    pattern: /model data archive is too large/i,
    summary: 'The model does not fit on the instance.',
    nextStep: 'Pack fewer or smaller files, or ask for a larger instance type in hosting.instanceType.',
  },
  {
    // https://github.com/aws/deep-learning-containers/pull/569
    cause: 'modelDataNotExtracted',
    found: said,
    pattern:
      /Failed to extract model data archive for container "(?<container>[^"]{1,63})" from URL:? "(?<url>[^"]{1,1024})"/,
    summary: 'SageMaker cannot unpack {url}.',
    nextStep:
      'Pack the model again as a gzip-compressed tar archive of regular files, without links: npm run cli -- validate tells what is wrong with it.',
  },
  {
    // https://github.com/aws/deep-learning-containers/pull/6673
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
    cause: 'noCapacity',
    found: said,
    pattern:
      /InsufficientInstanceCapacity|CapacityError|Unable to provision requested ML compute capacity|EC2InsufficientCapacity|at least 2 availability zone/i,
    summary: 'AWS has no free instances of this type in the region at the moment.',
    nextStep:
      'Start again later, or ask for another instance type in hosting.instanceType. A quota does not help: it is not about your account.',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    cause: 'alarm',
    found: said,
    situations: ['notServing'],
    pattern:
      /\balarm(?:s|\(s\))?(?: were| was)?(?: in ALARM(?: state)?)?:? (?:"(?<quoted>[^"]{1,255})"|'(?<single>[^']{1,255})'|\[(?<listed>[^\]]{1,255})\]|(?<named>[\w./:]{0,255}-[\w./:-]{1,255}))/i,
    summary:
      'SageMaker put the endpoint back because the alarm {quoted}{single}{listed}{named} went off while the new fleet took traffic.',
    nextStep:
      'Look at the metric of the alarm {quoted}{single}{listed}{named} during the update, and at the log of the new fleet. Mend the model, or the threshold if that is wrong, and start again.',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    cause: 'alarm',
    found: said,
    pattern: /\balarm|auto-?rollback/i,
    situations: ['notServing'],
    summary:
      'SageMaker put the endpoint back because an alarm went off while the new fleet took traffic; it did not name the alarm.',
    nextStep: 'See in the plan which alarms were watched, and in CloudWatch which one went off during the update.',
  },
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    cause: 'permissionMissing',
    found: said,
    pattern:
      /(?:assumed-role|role)\/(?<role>[\w+=,.@-]{1,128}).{0,300}?is not authorized to perform:? (?<action>[a-z0-9-]{2,40}:\w{1,80})(?: on (?:the )?resource:? "?(?<resource>[^\s"]{1,300}))?/,
    summary: 'The role {role} lacks the permission {action}.',
    nextStep:
      'If {role} is a role of this stack, deploy the stack again; otherwise grant {action} on {resource}. If AWS speaks of an explicit deny, a service control policy, a boundary or a resource policy forbids it: ask whoever owns that.',
  },
  {
    cause: 'permissionMissing',
    found: said,
    pattern:
      /not authorized to perform:? (?<action>[a-z0-9-]{2,40}:\w{1,80})|does not have (?<permission>[a-z0-9-]{2,40}:\w{1,80}) permission/i,
    summary: 'A permission is missing: {action}{permission}.',
    nextStep:
      'Grant it to the role that the evidence names; if AWS speaks of an explicit deny, a policy above the role forbids it.',
  },
  {
    cause: 'permissionMissing',
    found: ['failure'],
    pattern: /^AccessDenied(?:Exception)?: /,
    summary: 'A role of this system lacks a permission; AWS did not say which.',
    nextStep:
      'Deploy the stack again. If that does not help, CloudTrail names the call that was denied, and the policy that denied it.',
  },
  {
    cause: 'throttled',
    found: ['failure'],
    pattern: /^Throttled: /,
    summary:
      'AWS limits the rate of calls of this account, and went on doing so for longer than the rollout tries again.',
    nextStep: 'Start again when fewer rollouts run at once, or ask AWS Support for a higher rate.',
  },
  {
    cause: 'alarmNotUsable',
    found: ['failure'],
    pattern: /^AlarmNotUsable: (?<why>.*)/s,
    summary: 'An alarm cannot watch the update. {why}',
    nextStep: 'Mend what the alarm reports, or name another one under alarms in the request, and start again.',
  },
  {
    cause: 'changedBySomebodyElse',
    found: ['failure'],
    pattern: /^EndpointChanged: (?<why>.*)/s,
    summary: 'Somebody else changed the endpoint while the rollout ran. {why}',
    nextStep:
      'CloudTrail names who (UpdateEndpoint, DeleteEndpoint). Agree on one way of changing the endpoint, then start again.',
  },
  {
    cause: 'leaseLost',
    found: ['failure'],
    pattern: /^LeaseLost: /,
    summary: 'The execution was stopped or ran out of time, and another one has taken the endpoint over since.',
    nextStep: 'Read the outcome of the execution that took over. No action needed for this one.',
  },
  {
    cause: 'stopped',
    found: ['failure'],
    pattern: /^Stopped: (?<why>.*)/s,
    summary: 'The rollout was stopped before its end. {why}',
    nextStep: 'Nothing, if the stop was meant. Otherwise start again.',
  },
  {
    cause: 'cancelled',
    found: ['failure'],
    pattern: /^Cancelled: (?<why>.*)/s,
    summary: 'The rollout was cancelled before its model was live. {why}',
    nextStep: 'Nothing, if that was meant. Otherwise upload again, or start again.',
  },
  {
    cause: 'superseded',
    found: ['failure'],
    pattern: /^Superseded: /,
    summary: 'Another rollout took the place of this one before it changed anything.',
    nextStep: 'Nothing for this one.',
  },
  {
    cause: 'endpointBusy',
    found: ['failure'],
    pattern: /^EndpointBusy: (?<why>.*)/s,
    summary: 'The endpoint was being changed by something else for longer than the rollout waits. {why}',
    nextStep: 'Wait until the endpoint is InService with nothing pending, then start again.',
  },
  {
    cause: 'stackUpdated',
    found: ['failure'],
    pattern: /^ContractVersionUnsupported: /,
    summary: 'The stack was updated while this rollout ran, twice or past what the new functions read.',
    nextStep: 'Start again.',
  },
  {
    // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    cause: 'functionTimedOut',
    found: ['failure'],
    pattern:
      /^(?:States\.Timeout|States\.HeartbeatTimeout|Sandbox\.Timedout|Lambda\.ClientExecutionTimeoutException)\b|Task timed out after/,
    summary: 'A task of the rollout did not end in its time.',
    nextStep: 'Start again. If it happens again, read the log of the function that the history of the execution names.',
  },
  {
    cause: 'awsUnavailable',
    found: ['failure'],
    situations: ['other'],
    pattern: /^(?:ServiceUnavailable|NotReady|Lambda\.\w{1,60}|ServiceException)\b: /,
    summary: 'AWS did not answer, or answered with errors, for longer than the rollout tries again.',
    nextStep: 'Look at the AWS Health Dashboard for the region, and start again when it is well.',
  },
];
