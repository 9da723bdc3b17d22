"""The deployer's contract as types. Generated from its schemas: npm run generate."""

# ruff: noqa: E501, UP035
from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from typing import Any, Literal

    from typing_extensions import NotRequired


class RolloutRequestModel(TypedDict):
    s3Uri: str
    versionId: NotRequired[str]


class RolloutRequestHostingRealtime(TypedDict):
    type: Literal["realtime"]
    instanceType: NotRequired[str]
    instanceCount: NotRequired[int]
    startupTimeoutSeconds: NotRequired[int]
    downloadTimeoutSeconds: NotRequired[int]


class RolloutRequestHostingServerless(TypedDict):
    type: Literal["serverless"]
    memoryMegabytes: Literal[1024, 2048, 3072, 4096, 5120, 6144]
    maximumConcurrency: int
    provisionedConcurrency: NotRequired[int]


class RolloutRequestHostingAsyncNotifications(TypedDict):
    successTopicArn: NotRequired[str]
    errorTopicArn: NotRequired[str]
    includeInferenceResponseIn: NotRequired[list[Literal["success", "error"]]]


class RolloutRequestHostingAsync(TypedDict):
    type: Literal["async"]
    instanceType: NotRequired[str]
    instanceCount: NotRequired[int]
    startupTimeoutSeconds: NotRequired[int]
    downloadTimeoutSeconds: NotRequired[int]
    maximumConcurrentInvocationsPerInstance: NotRequired[int]
    notifications: NotRequired[RolloutRequestHostingAsyncNotifications]


class RolloutRequestStrategyAllAtOnce(TypedDict):
    type: Literal["allAtOnce"]
    terminationWaitSeconds: NotRequired[int]
    maximumExecutionSeconds: NotRequired[int]


class RolloutRequestStrategyCanary(TypedDict):
    type: Literal["canary"]
    canaryPercent: int
    waitSeconds: int
    terminationWaitSeconds: NotRequired[int]
    maximumExecutionSeconds: NotRequired[int]


class RolloutRequestStrategyLinear(TypedDict):
    type: Literal["linear"]
    stepPercent: int
    waitSeconds: int
    terminationWaitSeconds: NotRequired[int]
    maximumExecutionSeconds: NotRequired[int]


class RolloutRequestStrategyRolling(TypedDict):
    type: Literal["rolling"]
    batchPercent: int
    waitSeconds: int
    maximumExecutionSeconds: NotRequired[int]


class RolloutRequestScalingMetricCustomized(TypedDict):
    namespace: str
    metricName: str
    dimensions: NotRequired[dict[str, str]]
    statistic: Literal["Average", "Minimum", "Maximum", "SampleCount", "Sum"]
    unit: NotRequired[str]


class RolloutRequestScalingMetric(TypedDict):
    customized: RolloutRequestScalingMetricCustomized


class RolloutRequestScalingSchedules(TypedDict):
    name: str
    expression: str
    timezone: NotRequired[str]
    minimum: NotRequired[int]
    maximum: NotRequired[int]


class RolloutRequestScalingStepsAlarm(TypedDict):
    namespace: str
    metricName: str
    dimensions: NotRequired[dict[str, str]]
    statistic: Literal["Average", "Minimum", "Maximum", "SampleCount", "Sum"]
    unit: NotRequired[str]
    periodSeconds: NotRequired[int]
    evaluationPeriods: NotRequired[int]
    datapointsToAlarm: NotRequired[int]
    comparison: Literal["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"]
    threshold: float
    missingData: NotRequired[Literal["missing", "notBreaching", "breaching", "ignore"]]


class RolloutRequestScalingStepsAdjustments(TypedDict):
    lowerBound: NotRequired[float]
    upperBound: NotRequired[float]
    adjustment: int


class RolloutRequestScalingSteps(TypedDict):
    name: str
    adjustmentType: NotRequired[Literal["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]]
    minimumAdjustmentMagnitude: NotRequired[int]
    adjustments: list[RolloutRequestScalingStepsAdjustments]
    cooldownSeconds: NotRequired[int]
    aggregation: NotRequired[Literal["Average", "Minimum", "Maximum"]]
    alarm: RolloutRequestScalingStepsAlarm


class RolloutRequestScaling(TypedDict):
    minimum: NotRequired[int]
    maximum: NotRequired[int]
    metric: NotRequired[Literal["SageMakerVariantInvocationsPerInstance", "SageMakerVariantConcurrentRequestsPerModelHighResolution", "SageMakerVariantProvisionedConcurrencyUtilization", "ApproximateBacklogSizePerInstance"] | RolloutRequestScalingMetric]
    target: NotRequired[float]
    scaleInCooldownSeconds: NotRequired[int]
    scaleOutCooldownSeconds: NotRequired[int]
    schedules: NotRequired[list[RolloutRequestScalingSchedules]]
    steps: NotRequired[list[RolloutRequestScalingSteps]]
    suspended: NotRequired[list[Literal["scaleIn", "scaleOut", "schedules"]]]


class RolloutRequestCanaryInvocationsCasesRequest(TypedDict):
    contentType: NotRequired[str]
    body: Any


class RolloutRequestCanaryInvocationsCasesExpect(TypedDict):
    status: int | Literal["4xx"]
    json: NotRequired[Any]
    tolerance: NotRequired[float]


class RolloutRequestCanaryInvocationsCases(TypedDict):
    name: str
    request: RolloutRequestCanaryInvocationsCasesRequest
    expect: RolloutRequestCanaryInvocationsCasesExpect


class RolloutRequestCanaryInvocations(TypedDict):
    cases: NotRequired[list[RolloutRequestCanaryInvocationsCases]]
    casesS3Uri: NotRequired[str]
    requests: NotRequired[int]
    maximumErrorPercent: NotRequired[float]
    maximumP99Milliseconds: NotRequired[int]


class RolloutRequestAlarms(TypedDict):
    maximumErrorPercent: NotRequired[float]
    maximumP99Milliseconds: NotRequired[int]
    maximumOldestRequestSeconds: NotRequired[int]
    names: NotRequired[list[str]]


class RolloutRequestNetworkVpc(TypedDict):
    subnetIds: list[str]
    securityGroupIds: list[str]


class RolloutRequestNetwork(TypedDict):
    isolation: NotRequired[bool]
    vpc: NotRequired[RolloutRequestNetworkVpc]


class RolloutRequestEncryption(TypedDict):
    volumeKmsKeyArn: NotRequired[str]
    captureKmsKeyArn: NotRequired[str]
    answersKmsKeyArn: NotRequired[str]


class RolloutRequestDataCapture(TypedDict):
    samplingPercent: int
    capture: NotRequired[list[Literal["input", "output"]]]


class RolloutRequestCandidateInstance(TypedDict):
    type: Literal["instance"]


class RolloutRequestCandidateServerless(TypedDict):
    type: Literal["serverless"]
    memoryMegabytes: NotRequired[Literal[1024, 2048, 3072, 4096, 5120, 6144]]


class RolloutRequestVariantsCanaryInvocations(TypedDict):
    cases: NotRequired[list[RolloutRequestCanaryInvocationsCases]]
    casesS3Uri: NotRequired[str]


class RolloutRequestVariants(TypedDict):
    name: str
    weight: NotRequired[float]
    model: NotRequired[RolloutRequestModel]
    image: NotRequired[str]
    environment: NotRequired[dict[str, str]]
    trust: NotRequired[str]
    ignore: NotRequired[list[str]]
    hosting: NotRequired[RolloutRequestHostingRealtime | RolloutRequestHostingServerless | RolloutRequestHostingAsync]
    scaling: NotRequired[Literal["none"] | RolloutRequestScaling]
    canaryInvocations: NotRequired[RolloutRequestVariantsCanaryInvocations]


RolloutRequest = TypedDict(
    "RolloutRequest",
    {
        "$schema": "NotRequired[str]",
        "action": "NotRequired[Literal['deploy']]",
        "endpointName": "NotRequired[str]",
        "model": "NotRequired[RolloutRequestModel]",
        "variants": "NotRequired[list[RolloutRequestVariants]]",
        "image": "NotRequired[str]",
        "environment": "NotRequired[dict[str, str]]",
        "trust": "NotRequired[str]",
        "ignore": "NotRequired[list[str]]",
        "hosting": "NotRequired[RolloutRequestHostingRealtime | RolloutRequestHostingServerless | RolloutRequestHostingAsync]",
        "strategy": "NotRequired[RolloutRequestStrategyAllAtOnce | RolloutRequestStrategyCanary | RolloutRequestStrategyLinear | RolloutRequestStrategyRolling]",
        "scaling": "NotRequired[Literal['none'] | RolloutRequestScaling]",
        "canaryInvocations": "NotRequired[RolloutRequestCanaryInvocations]",
        "alarms": "NotRequired[RolloutRequestAlarms]",
        "network": "NotRequired[RolloutRequestNetwork]",
        "encryption": "NotRequired[RolloutRequestEncryption]",
        "dataCapture": "NotRequired[RolloutRequestDataCapture]",
        "tags": "NotRequired[dict[str, str]]",
        "verification": "NotRequired[Literal['candidate', 'live']]",
        "candidate": "NotRequired[RolloutRequestCandidateInstance | RolloutRequestCandidateServerless]",
        "reset": "NotRequired[Literal['all'] | list[Literal['variants', 'image', 'environment', 'hosting', 'strategy', 'scaling', 'canaryInvocations', 'alarms', 'network', 'encryption', 'dataCapture', 'tags']]]",
        "correlationId": "NotRequired[str]",
    },
)


class OutcomeServingVariants(TypedDict):
    name: str
    weight: float
    artifactSha256: str
    imageDigest: str


class OutcomeServing(TypedDict):
    artifactSha256: str | None
    imageDigest: str | None
    endpointConfigName: str
    variants: NotRequired[list[OutcomeServingVariants]]


class OutcomeTried(TypedDict):
    verdict: Literal["passed", "rejected", "untried", "skipped"]
    because: list[str]


OutcomeChangeSettings = TypedDict(
    "OutcomeChangeSettings",
    {
        "setting": "str",
        "from": "str | None",
        "to": "str | None",
    },
)


class OutcomeChange(TypedDict):
    model: bool
    settings: list[OutcomeChangeSettings]


class OutcomeExplanation(TypedDict):
    cause: Literal["requestRejected", "quotaExceeded", "permissionMissing", "keyNotUsable", "throttled", "awsUnavailable", "endpointBusy", "changedBySomebodyElse", "leaseLost", "stopped", "cancelled", "superseded", "stackUpdated", "functionTimedOut", "imageNotPullable", "imageManifestUnsupported", "imageTooLarge", "wrongArchitecture", "wrongRegion", "modelDataNotReadable", "modelDataNotExtracted", "noCapacity", "alarm", "alarmNotUsable", "fleetNotJudged", "containerNotStarted", "environmentInvalid", "portNotBound", "modelRefused", "sklearnVersionMismatch", "missingDependency", "modelNotLoadable", "gpuMissing", "outOfMemory", "outOfDisk", "crashedOnStart", "healthCheckFailed", "answerTimedOut", "failedAnswers", "wrongAnswers", "tooSlow", "deadlineExceeded", "rolledBackWithoutReason", "unknown"]
    summary: str
    nextStep: str
    evidence: list[str]


class OutcomeUpload(TypedDict):
    bucket: str
    key: str
    versionId: str
    sizeBytes: int
    lastModified: str


class OutcomeProblems(TypedDict):
    where: str
    message: str


class Outcome(TypedDict):
    contractVersion: int
    action: Literal["deploy", "rollback", "retireEndpoint", "cancel", "recover"]
    outcome: Literal["deployed", "unchanged", "superseded", "retired", "cancelled", "rejected", "rolledBack", "needsAttention"]
    succeeded: bool
    endpointName: str | None
    rolloutId: str
    executionArn: str
    successor: str | None
    cancels: str | None
    recoveredBy: str | None
    serving: OutcomeServing | None
    verified: Literal["golden", "answered", "healthOnly"] | None
    tried: NotRequired[OutcomeTried]
    change: NotRequired[OutcomeChange]
    error: str | None
    cause: str | None
    explanation: OutcomeExplanation | None
    problems: list[OutcomeProblems]
    warnings: list[str]
    left: list[str]
    upload: OutcomeUpload | None
    archive: Literal["accepted", "rejected"] | None
    correlationId: str | None
    startedAt: str
    endedAt: str


class ReleaseUpload(TypedDict):
    key: str
    versionId: str
    variantName: NotRequired[str]


class ReleaseVariantsCapacityRealtime(TypedDict):
    type: Literal["realtime"]
    instanceType: str
    instanceCount: int
    startupTimeoutSeconds: int | None
    downloadTimeoutSeconds: int | None


class ReleaseVariantsCapacityServerless(TypedDict):
    type: Literal["serverless"]
    memoryMegabytes: int
    maximumConcurrency: int
    provisionedConcurrency: NotRequired[int]


class ReleaseVariantsCapacityAsync(TypedDict):
    type: Literal["async"]
    instanceType: str
    instanceCount: int
    startupTimeoutSeconds: int | None
    downloadTimeoutSeconds: int | None
    maximumConcurrentInvocationsPerInstance: int | None
    notifications: NotRequired[RolloutRequestHostingAsyncNotifications]


class ReleaseVariants(TypedDict):
    name: str
    role: Literal["production", "shadow"]
    modelName: str
    artifactSha256: str
    imageDigest: str
    weight: float
    capacity: ReleaseVariantsCapacityRealtime | ReleaseVariantsCapacityServerless | ReleaseVariantsCapacityAsync


class Release(TypedDict):
    endpointName: str
    rolloutId: str
    action: Literal["deploy", "rollback"]
    endpointConfigName: str
    variants: list[ReleaseVariants]
    upload: ReleaseUpload | None
    releasedAt: str
