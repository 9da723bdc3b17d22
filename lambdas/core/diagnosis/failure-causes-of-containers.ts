// What containers print when they cannot serve, and what it means. The first rule that matches counts: precise ones stand
// first. How SageMaker starts a container: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
import type { FailureRule } from './failure-rule.ts';

const printed = ['log', 'answer'] as const;
const notWell = ['notServing', 'failedAnswers'] as const;
const startable =
  'Start the image by hand as SageMaker does (docker run <image> serve), with the archive unpacked in /opt/ml/model, mend what it says, and start again.';

export const failureCausesOfContainers: readonly FailureRule[] = [
  {
    // https://github.com/aws-samples/amazon-sagemaker-custom-container/issues/3
    cause: 'wrongArchitecture',
    found: ['log', 'reason'],
    situations: ['notServing'],
    pattern:
      /exec format error|cannot execute binary file|image's platform \([\w/]{1,30}\) does not match|no matching manifest for linux/i,
    summary: 'The image, or a program in it, is built for another processor than the instance has.',
    nextStep:
      'Build the image for the instance: docker buildx build --platform linux/amd64 (linux/arm64 only for Graviton types such as ml.c7g), push it and start again.',
  },
  {
    cause: 'wrongArchitecture',
    found: ['log'],
    situations: notWell,
    pattern: /Illegal instruction|\bSIGILL\b|signal 4\b/,
    summary: 'A library in the image uses instructions that the processor of this instance type does not have.',
    nextStep: 'Use a newer instance type, or libraries that are built for the processor of this one.',
  },
  {
    // serving-image/inference_server/trusted/scikit_learns.py, model_files/read_estimator.py
    cause: 'sklearnVersionMismatch',
    found: ['log'],
    situations: ['notServing'],
    pattern:
      /was written by scikit-learn (?<theirs>[\w.+-]{1,20}), this server has (?<ours>(?:[\w.+-]{1,20}, ){0,9}[\w.+-]{1,20}?)\.? /,
    summary: 'The model was trained with scikit-learn {theirs}; the serving image has {ours}.',
    nextStep: 'Train with scikit-learn {ours}; the log of the container says what else there is.',
  },
  {
    // https://github.com/pulimeng/eToxPred/issues/10
    // https://scikit-learn.org/stable/model_persistence.html
    cause: 'sklearnVersionMismatch',
    found: printed,
    situations: notWell,
    pattern:
      /node array from the pickle has an incompatible dtype|No module named '(?<module>sklearn\.[\w.]{1,100}|_loss|numpy\._core[\w.]{0,60})'|'(?<estimator>\w{1,60})' object has no attribute '(?<attribute>monotonic_cst|_fill_dtype|_sklearn_\w{1,40}|n_features_|_parameter_constraints|missing_go_to_left)'|is not a known BitGenerator module/,
    summary: 'The model was written with another version of scikit-learn or NumPy than the image has.',
    nextStep:
      'Train with the versions that the image has, or build the image with the versions that the model was trained with.',
  },
  {
    // serving-image/inference_server/serve.py
    cause: 'modelRefused',
    found: ['log'],
    situations: ['notServing'],
    pattern: /the model cannot be served: (?<why>.{1,700})/,
    summary: 'The serving image refuses the model: {why}',
    nextStep:
      'Mend what it says and pack the model again with model_packing, which checks it before the upload; then upload it.',
  },
  {
    // serving-image/inference_server/settings.py
    cause: 'environmentInvalid',
    found: ['log'],
    situations: ['notServing'],
    pattern:
      /^(?:.{0,60}\s)?(?<variable>[A-Z][A-Z0-9_]{2,60}) is '.{0,60}'; .{1,60} is a number from \d{1,10} to \d{1,10}/,
    summary:
      'The environment of the container is not acceptable: {variable} has a value that the serving image does not take.',
    nextStep: 'Mend {variable} under environment in the request or the manifest, and start again.',
  },
  {
    cause: 'portNotBound',
    found: ['log'],
    situations: ['notServing'],
    pattern:
      /cannot listen on \S{1,100} port (?<port>\d{1,5})|Address already in use|EADDRINUSE|bind\(\) to \S{1,100} failed|bind: permission denied|Permission denied.{0,80}\b(?:bind|port)\b/i,
    summary: 'The server in the container cannot listen on its port.',
    nextStep:
      'Listen on 0.0.0.0, on the port in SAGEMAKER_BIND_TO_PORT (8080 where it is not set), once, as a user who may.',
  },
  {
    // https://github.com/aws-samples/comfyui-on-amazon-sagemaker/issues/2, https://github.com/aws/amazon-sagemaker-examples/issues/628
    cause: 'containerNotStarted',
    found: ['failure', 'reason', 'log'],
    situations: ['notServing'],
    pattern:
      /exec: "?serve"?: executable file not found|executable file not found in \$PATH|exec \S{1,200}: (?:no such file or directory|permission denied)|exec user process caused|unknown instruction: serve|can't open file '\S{1,200}'/i,
    summary: 'The image has no program that can be started with the argument serve.',
    nextStep: `Give the image an ENTRYPOINT in exec form, or an executable named serve on the PATH (chmod +x, Unix line ends, an interpreter that is there). ${startable}`,
  },
  {
    cause: 'missingDependency',
    found: printed,
    situations: notWell,
    pattern: /(?:ModuleNotFoundError: |ImportError: )?No module named '?(?<module>[\w.]{1,100})'?/,
    summary: 'The image lacks the Python package {module}, which the model or its code needs.',
    nextStep:
      'Add {module} to the requirements of the image, in the version that the model was trained with, build it and start again. At run time nothing can be installed.',
  },
  {
    cause: 'gpuMissing',
    found: printed,
    situations: notWell,
    pattern:
      /Found no NVIDIA driver|no CUDA-capable device|CUDA driver version is insufficient|CUDA error: (?!out of memory)|libcuda\.so|libcudart\.so|Attempting to deserialize object on a CUDA device|could not select device driver|nvidia-container-cli: |No CUDA GPUs are available|NVML: Driver/i,
    summary: 'The model needs a GPU that the instance does not have, or a driver that does not fit.',
    nextStep:
      'Ask for a GPU instance type (ml.g5, ml.g6, ...) with an image for its CUDA version, or load the model for CPUs (torch.load(..., map_location="cpu")).',
  },
  {
    cause: 'missingDependency',
    found: printed,
    situations: notWell,
    pattern:
      /(?:error while loading shared libraries: |ImportError: )(?<library>lib[\w.+-]{1,80}\.so[\w.]{0,20}): cannot open shared object file|version `(?<symbol>GLIBC\w{0,3}_[\d.]{1,10})' not found/,
    summary: 'The image lacks the system library {library}{symbol}.',
    nextStep:
      'Install the library in the image, or build on the base image that the packages were built for; then start again.',
  },
  {
    // https://github.com/aws/amazon-sagemaker-examples/issues/3148, https://github.com/mlflow/mlflow/issues/10855
    cause: 'outOfMemory',
    found: [...printed, 'reason'],
    situations: notWell,
    pattern:
      /\bMemoryError\b|Cannot allocate memory|\bENOMEM\b|OutOfMemory|out of memory|std::bad_alloc|Unable to allocate [\d.]{1,12} [KMGT]iB|OOM-?killed|oom-kill|\bSIGKILL\b|signal 9\b|exit (?:code|status) 137|^(?:.{0,40}\s)?Killed$/i,
    summary: 'A process in the container was killed or failed for lack of memory.',
    nextStep:
      'Ask for an instance type with more memory (for serverless: a larger memory), or for fewer workers (SAGEMAKER_MODEL_SERVER_WORKERS), since each may hold its own copy of the model.',
  },
  {
    // https://github.com/aws/sagemaker-inference-toolkit/issues/124
    cause: 'outOfDisk',
    found: printed,
    situations: notWell,
    pattern: /No space left on device|\bENOSPC\b|StorageFull|Disk quota exceeded|Errno 28\b/i,
    summary: 'The disk of the container is full.',
    nextStep:
      'Write to /tmp only, and little; make the archive smaller, or ask for an instance type with a larger disk. Serverless endpoints have 5 GB.',
  },
  {
    cause: 'permissionMissing',
    found: printed,
    situations: notWell,
    pattern:
      /not authorized to perform:? (?<action>[a-z0-9-]{2,40}:\w{1,80})|An error occurred \((?:AccessDenied|AccessDeniedException|403)\) when calling the (?<operation>\w{1,60}) operation/,
    summary: 'The code in the container calls AWS and may not: {action}{operation}.',
    nextStep:
      'Grant it to the execution role of the stack, or, better, put what the model needs into its archive: with network isolation a container calls nothing.',
  },
  {
    cause: 'missingDependency',
    found: printed,
    situations: ['notServing'],
    pattern:
      /Network is unreachable|Temporary failure in name resolution|Could not resolve host|NewConnectionError|Failed to establish a new connection|getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|gaierror/,
    summary: 'The container fetches something over the network when it starts, and cannot.',
    nextStep:
      'Put what it fetches into the archive or the image: models are hosted with network isolation, and nothing can be fetched or installed at run time.',
  },
  {
    cause: 'modelNotLoadable',
    found: printed,
    situations: notWell,
    pattern:
      /UnpicklingError|unsupported pickle protocol|invalid load key|pickle data was truncated|Ran out of input|Can't get attribute '(?<attribute>\w{1,80})' on <module|No versions of servable|Can't load (?:the )?model|Error loading model|failed to load model|Unable to load model|XGBoostError|Error\(s\) in loading state_dict|SavedModel file does not exist|InvalidProtobuf|EOFError|BadZipFile|FileNotFoundError: .{0,40}\/opt\/ml\/model/i,
    summary:
      'The container cannot load the model: the files are damaged, of another format or version, or refer to code that the image lacks.',
    nextStep: `Load the model in the image that is to serve it, with the archive unpacked in /opt/ml/model, and pack it again. ${startable}`,
  },
  {
    // https://github.com/scikit-learn/scikit-learn/pull/25297
    cause: 'sklearnVersionMismatch',
    found: ['log'],
    situations: ['notServing', 'failedAnswers', 'wrongAnswers'],
    pattern:
      /Trying to unpickle estimator (?<estimator>\w{1,80}) from version (?<theirs>[\w.+-]{1,20}) when using version (?<ours>[\w.+-]{0,18}\w)/,
    summary:
      'The model ({estimator}) was trained with scikit-learn {theirs} and is loaded with {ours}, which may answer otherwise or fail.',
    nextStep: 'Train with scikit-learn {ours}, or build the image with scikit-learn {theirs}.',
  },
  {
    cause: 'crashedOnStart',
    found: ['log'],
    situations: ['notServing'],
    pattern:
      /^(?:.{0,60}\s)?(?<exception>(?:[A-Za-z_]\w{0,60}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception|Exit|Interrupt)\b(?:: .{1,300}|$))/,
    summary: 'The program in the container ended with an error before it could serve: {exception}',
    nextStep: startable,
  },
  {
    cause: 'crashedOnStart',
    found: ['log'],
    situations: ['notServing'],
    pattern:
      /Segmentation fault|\bSIGSEGV\b|signal 11\b|core dumped|\bSIGABRT\b|panic: |fatal error: |the container ended: (?<ended>exit status [1-9]\d{0,2}|SIG[A-Z]{2,8}|spawn .{1,100})|Worker failed to boot/,
    summary: 'The program in the container ended before it could serve.',
    nextStep: startable,
  },
];
