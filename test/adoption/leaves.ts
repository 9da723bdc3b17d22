// Every leaf below the input of an operation in AWS's service model, each with a value that AWS would take.
import { serviceModels, shapeOf } from '../../local/hosting/service-model.ts';
import { ANSWERS_TOPIC, KEY_ARN, VPC } from '../../simulate/world/stack-names.ts';

type Members = Record<string, unknown>;

export interface Leaf {
  /** `ProductionVariants[].VolumeSizeInGB`; `{}` stands for a key of a map. */
  readonly path: string;
  readonly value: unknown;
}

const SERVICE = 'sagemaker';

export function leavesOf(operation: 'CreateEndpointConfig' | 'CreateModel'): Leaf[] {
  return below(serviceModels[SERVICE].operations[operation]!.input, '');
}

function below(shapeName: string, path: string): Leaf[] {
  const shape = shapeOf(SERVICE, shapeName);
  switch (shape.type) {
    case 'structure':
      return Object.entries(shape.members ?? {}).flatMap(([key, { shape: of }]) =>
        below(of, path === '' ? key : `${path}.${key}`),
      );
    case 'list':
      return below(shape.member!.shape, `${path}[]`);
    case 'map':
      return below(shape.value!.shape, `${path}{}`);
    default:
      return [{ path, value: sampleOf(shapeName, path) }];
  }
}

/**
 * `base` with the leaf set. Lists get one entry, or the first one has it; a structure that was not there gets its required
 * members too.
 */
export function withLeaf(
  operation: 'CreateEndpointConfig' | 'CreateModel',
  base: Members,
  { path, value }: Leaf,
): Members {
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [];
  return set(serviceModels[SERVICE].operations[operation]!.input, base, steps, value, '') as Members;
}

function set(shapeName: string, given: unknown, steps: readonly string[], value: unknown, path: string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const shape = shapeOf(SERVICE, shapeName);
  if (step === '[]') {
    const [first, ...others] = (given ?? []) as unknown[];
    return [set(shape.member!.shape, first, rest, value, `${path}[]`), ...others];
  }
  if (step === '{}') return { ...(given as Members), SOME_NAME: value };
  const members = (given ?? required(shapeName, path)) as Members;
  const at = path === '' ? step : `${path}.${step}`;
  return { ...members, [step]: set(shape.members![step]!.shape, members[step], rest, value, at) };
}

/** The required members alone. */
function required(shapeName: string, path: string): unknown {
  const shape = shapeOf(SERVICE, shapeName);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        (shape.required ?? []).map((key) => [key, required(shape.members![key]!.shape, `${path}.${key}`)]),
      );
    case 'list':
      return [required(shape.member!.shape, `${path}[]`)];
    case 'map':
      return {};
    default:
      return sampleOf(shapeName, path);
  }
}

/** By the end of the path, where a pattern asks for a certain text. */
const TEXTS: readonly [RegExp, string][] = [
  [/KmsKeyId$/, KEY_ARN],
  [/ModelDataUrl$/, 's3://theirs/other/model.tar.gz'],
  [/(S3Uri|S3OutputPath|S3FailurePath|ManifestS3Uri|ShapBaselineUri)$/, 's3://theirs/somewhere'],
  [/RoleArn$/, 'arn:aws:iam::111122223333:role/theirs'],
  [/Topic$/, ANSWERS_TOPIC],
  [/MlReservationArn$/, 'arn:aws:sagemaker:us-east-1:111122223333:training-plan/theirs'],
  [/RepositoryCredentialsProviderArn$/, 'arn:aws:lambda:us-east-1:111122223333:function:theirs'],
  [/HubContentArn$/, 'arn:aws:sagemaker:us-east-1:111122223333:hub-content/theirs/Model/one/1.0.0'],
  [/Image$/, '111122223333.dkr.ecr.us-east-1.amazonaws.com/theirs:two'],
  [/JsonContentTypes\[\]$/, 'application/x-json'],
  [/CsvContentTypes\[\]$/, 'text/x-csv'],
  [/MimeType$/, 'text/csv'],
  [/AcceleratorPartitionTypes\[\]$/, 'mig-1g.5gb'],
  [/MetricsEndpointPath$/, '/prometheus'],
  [/SecurityGroupIds\[\]$/, VPC.securityGroupIds[0]!],
  [/Subnets\[\]$/, VPC.subnetIds[0]!],
];

/** Other than what SageMaker takes where nothing is said, wherever there is another one. */
function sampleOf(shapeName: string, path: string): unknown {
  const { type, enum: allowed, min = 0 } = shapeOf(SERVICE, shapeName);
  if (path.endsWith('CaptureMode')) return 'Output';
  if (allowed !== undefined) return path.endsWith('InstanceType') ? 'ml.c5.large' : allowed.at(-1);
  switch (type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'long':
      return path.endsWith('MemorySizeInMB') ? 1024 : path.includes('Frequency') ? 30 : Math.max(min, 2);
    case 'float':
    case 'double':
      return 0.5;
    default:
      return TEXTS.find(([end]) => end.test(path))?.[1] ?? 'theirs';
  }
}
