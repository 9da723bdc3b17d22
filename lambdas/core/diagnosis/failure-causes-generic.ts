// What is left to say where neither AWS nor a container named the cause: how the failure looks from outside.
import type { FailureRule } from './failure-rule.ts';

const said = ['failure', 'reason'] as const;

export const failureCausesAtLast: readonly FailureRule[] = [
  {
    // https://github.com/aws-samples/comfyui-on-amazon-sagemaker/issues/2
    cause: 'containerNotStarted',
    found: said,
    pattern: /CannotStartContainerError|starts correctly when invoked with 'docker run/,
    summary: 'The container does not start.',
    nextStep:
      'Start the image by hand as SageMaker does (docker run <image> serve). It needs an ENTRYPOINT in exec form or an executable named serve, for the processor of the instance.',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
    cause: 'healthCheckFailed',
    found: said,
    pattern: /did not pass the ping health check/,
    summary:
      'The container started, but GET /ping did not answer 200 within 2 seconds, steadily, in the time that it has for its start.',
    nextStep:
      'See in its log what it does at its start. It must listen on 0.0.0.0:8080 (SAGEMAKER_BIND_TO_PORT) and load the model beside /ping; hosting.startupTimeoutSeconds gives it up to 3,600 s.',
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    cause: 'answerTimedOut',
    found: ['failure', 'answer'],
    situations: ['failedAnswers'],
    pattern:
      /invocation timed out|could not get a response|Model server did not respond|timed out while waiting for a response/i,
    summary: 'The container did not answer an invocation within the 60 s that SageMaker waits.',
    nextStep:
      'Make the model answer faster, ask for a larger instance type, or host it asynchronously, which gives it up to an hour.',
  },
  {
    cause: 'failedAnswers',
    found: ['failure', 'answer'],
    situations: ['failedAnswers'],
    pattern:
      /the status is (?<status>\d{1,3}) instead of (?<expected>\w{1,3})|\d{1,9} of \d{1,9} requests failed|^(?<code>0|4\d\d|5\d\d):/,
    summary: 'The endpoint is in service, but answers requests with errors.',
    nextStep:
      'See in the log what the container says to each request, and compare the content type and the body with the golden cases; without any, ask the model a row with predict where it was trained, and give that row as one.',
  },
  {
    cause: 'wrongAnswers',
    found: ['failure'],
    pattern: /^CanaryFailed: .{0,20}Golden case "(?<name>[^"]{0,200})"/,
    summary: 'The model answers otherwise than its golden cases say; the first is "{name}".',
    nextStep:
      'If the model is right, make the golden cases anew from it (model_packing does); otherwise train or pack it again.',
  },
  {
    cause: 'wrongAnswers',
    found: ['failure'],
    pattern: /answered (?<wrong>\d{1,9}) of (?<compared>\d{1,9}) golden requests wrongly/,
    summary: 'While the traffic moved, the new model answered {wrong} of {compared} golden requests wrongly.',
    nextStep:
      'It answered them rightly before: look for what differs under load, such as state that requests share, and start again.',
  },
  {
    cause: 'fleetNotJudged',
    found: ['failure'],
    pattern:
      /had (?<found>\d{1,9}) invocations while (?:its traffic moved|it was watched); fewer than (?<least>\d{1,9}) judge nothing/,
    summary: 'Too few requests reached the new fleet to judge it: {found}, at least {least} are needed.',
    nextStep:
      'Give golden cases, which are sent while the traffic moves, a longer wait, or a larger first step of the traffic.',
  },
  {
    cause: 'alarm',
    found: ['failure'],
    pattern: /^CanaryFailed: While the weights moved .{1,300}, alarms in ALARM: "(?<first>[^"]{1,255})"/,
    summary: 'The weights were put back because the alarm {first} went off while they moved between the variants.',
    nextStep:
      'Look at the metric of the alarm {first} by variant, and at the log of the variant that gained traffic. Fix its model, or the threshold if that is wrong, and start again.',
  },
  {
    // What becomes of an answer that may not be written is not documented but for the metric ResponseUploadFailures:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    cause: 'answerTimedOut',
    found: ['failure'],
    pattern: /neither an answer nor a failure came within (?<time>\d{1,6}) s/,
    summary: 'Of a request to the asynchronous endpoint neither an answer nor a failure came within {time} s.',
    nextStep:
      'If ResponseUploadFailures of the endpoint counts it, the execution role may not write it: s3:PutObject under async/, and with encryption.answersKmsKeyArn kms:GenerateDataKey on that key, by the role and by the policy of the key. Otherwise the queue was too long: see ApproximateBacklogSize, or the model does not end: see its log.',
  },
  {
    cause: 'tooSlow',
    found: ['failure'],
    pattern: /percentile of the latency is (?<found>\d{1,9}) ms; \S{1,60} allows (?<allowed>\d{1,9})/,
    summary: 'The model answers too slowly: the 99th percentile is {found} ms, {allowed} ms are allowed.',
    nextStep:
      'Use a larger instance type or a smaller model, or allow more in canaryInvocations.maximumP99Milliseconds.',
  },
  {
    cause: 'tooSlow',
    found: ['failure'],
    pattern: /Only (?<answered>\d{1,9}) of (?<wanted>\d{1,9}) requests were answered in the time/,
    summary: 'Only {answered} of {wanted} requests were answered in the 12 minutes that there are for them.',
    nextStep: 'Use a larger instance type or a smaller model, or fewer requests in canaryInvocations.requests.',
  },
  {
    cause: 'deadlineExceeded',
    found: said,
    pattern: /^DeadlineExceeded: |exceeded MaximumExecutionTimeoutInSeconds|deployment timed out/i,
    summary: 'The endpoint did not come into service in the time that the rollout has.',
    nextStep:
      'An image or a model of many gigabytes takes long: raise hosting.startupTimeoutSeconds and downloadTimeoutSeconds. Otherwise AWS was slow, or the container crashes again and again: see its log, and start again.',
  },
  {
    // https://github.com/hashicorp/terraform-provider-aws/issues/48997
    cause: 'rolledBackWithoutReason',
    found: ['failure'],
    pattern: /^DeploymentRolledBack: /,
    summary: 'SageMaker put the endpoint back on its previous configuration without a reason that says why.',
    nextStep:
      'See in the log of the new fleet whether it was healthy, and in CloudWatch whether an alarm went off or instances were missing; then start again.',
  },
  {
    cause: 'awsUnavailable',
    found: said,
    pattern: /Request to service failed|InternalFailure|internal (?:server )?error|^(?:ServiceUnavailable|NotReady)\b/i,
    summary: 'AWS answered with an error of its own.',
    nextStep:
      'Look at the AWS Health Dashboard for the region, and start again. If it stays, ask AWS Support with the name of the endpoint.',
  },
];
