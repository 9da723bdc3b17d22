// One function for each task of the machine, one for its waits, and those that events are given to: each with its own role and log group.
import { Duration, RemovalPolicy, Size, type Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type EnvironmentKey, environmentNames } from '../lambdas/runtime/environment.ts';
import { type StepName, steps } from '../state-machine/contract/steps.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { viaService } from './authorisation-keys.ts';
import type { GrantScope } from './authorisation-resources.ts';
import { type FunctionName, functionCalls, functionNames } from './function-calls.ts';
import { connect, type FunctionNetwork, networkPolicy, networkStatements } from './function-network.ts';
import { grants } from './grants.ts';

export interface TaskFunctionsProps {
  /** Entry (`create-model`) -> folder with its `index.mjs`. */
  bundles: Record<string, string>;
  /** The zip archive of the function that tries models. */
  trialPackage: string;
  environment: Record<EnvironmentKey, string>;
  grantScope: GrantScope;
  logRetention: RetentionDays;
  /** Encrypts logs and environments, where the stack has a key. */
  key?: IKey;
  network: FunctionNetwork | null;
}

/** 1769 MB is one whole processor, which unpacking and hashing an archive uses: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MEGABYTES: Partial<Record<FunctionName, number>> = { InspectArtifact: 1769 };
const DEFAULT_MEMORY_MEGABYTES = 512;

/** Listing all uploads of many endpoints takes a while; what is left is found by the next sweep. */
export const SWEEP_SECONDS = 300;

interface Beside {
  readonly timeoutSeconds: number;
  readonly does: (machine: string) => string;
}

/** The functions that are no step of the machine. */
const beside: Record<Exclude<FunctionName, StepName>, Beside> = {
  AwaitChange: {
    timeoutSeconds: 30,
    does: (machine) => `Keeps the task token of a wait of ${machine}, and looks once more`,
  },
  WakeRollout: { timeoutSeconds: 30, does: (machine) => `Ends the wait of ${machine} for a change of an endpoint` },
  Sweep: {
    timeoutSeconds: SWEEP_SECONDS,
    does: (machine) => `Takes up what no execution of ${machine} works on any more`,
  },
};
const isBeside = (name: FunctionName): name is keyof typeof beside => name in beside;

export function taskFunctions(scope: Stack, props: TaskFunctionsProps): Record<FunctionName, LambdaFunction> {
  return Object.fromEntries(functionNames.map((name) => [name, taskFunction(scope, name, props)])) as Record<
    FunctionName,
    LambdaFunction
  >;
}

/** `CreateModel` -> `create-model`, the name of its handler's file. */
export const entryName = (step: FunctionName): string => step.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase();

function taskFunction(scope: Stack, step: FunctionName, props: TaskFunctionsProps): LambdaFunction {
  const functionName = `${scope.stackName}-${step}`;
  const logGroup = new LogGroup(scope, `${step}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: props.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
    encryptionKey: props.key,
  });
  const statements = grants(functionCalls[step], props.grantScope).map((grant) => PolicyStatement.fromJson(grant));
  const network = props.network && networkStatements(props.grantScope, functionName, props.network);
  const role = new Role(scope, `${step}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      WriteLogs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logGroup.logGroupArn],
          }),
        ],
      }),
      MakeCalls: new PolicyDocument({ statements }),
      ...(props.key && { ReadEnvironment: new PolicyDocument({ statements: [readEnvironment(scope, props.key)] }) }),
      ...(network && { JoinNetwork: networkPolicy(network) }),
    },
  });
  if (network) {
    acknowledgeWildcards(
      role,
      network.allowed,
      'Lambda names the network interfaces itself; its code is denied these actions, and new ones are made in the given subnets only.',
    );
  }
  acknowledgeWildcards(
    role,
    statements,
    'Narrowed to the calls that the task makes (infra/function-calls.ts), to the prefix of keys or endpoint names, and by condition to what carries this stack’s tag; calls that take no resource need the asterisk.',
  );
  const task = new LambdaFunction(scope, `${step}Function`, {
    functionName,
    description: isBeside(step)
      ? beside[step].does(`${scope.stackName}-Rollout`)
      : `The task ${step} of the state machine ${scope.stackName}-Rollout`,
    ...(step === 'TryModel' ? trial(props) : ofTypeScript(step, props)),
    timeout: Duration.seconds(isBeside(step) ? beside[step].timeoutSeconds : steps[step].functionTimeoutSeconds),
    environmentEncryption: props.key,
    role,
    logGroup,
  });
  if (props.network) connect(task, props.network);
  if (step === 'TryModel')
    Validations.of(task).acknowledge({
      id: 'AwsSolutions::AwsSolutions-L1',
      reason: 'The minor version of Python that the serving image has: what tries a model runs as what serves it.',
    });
  return task;
}

type Kind = Pick<FunctionProps, 'code' | 'handler' | 'runtime' | 'architecture' | 'memorySize'> &
  Partial<FunctionProps>;

const ofTypeScript = (step: FunctionName, { bundles, environment }: TaskFunctionsProps): Kind => ({
  code: Code.fromAsset(bundles[entryName(step)]!),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  memorySize: MEMORY_MEGABYTES[step] ?? DEFAULT_MEMORY_MEGABYTES,
  environment: Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [environmentNames[name as EnvironmentKey], value]),
  ),
});

/**
 * The image's own Python and processor, or its answers could differ in their last digit. 3,008 MB is the most that a new
 * account may ask for, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; what needs more is not tried.
 */
const trial = ({ trialPackage }: TaskFunctionsProps): Kind => ({
  code: Code.fromAsset(trialPackage),
  handler: 'model_trial.handler.handler',
  runtime: Runtime.PYTHON_3_13,
  architecture: Architecture.X86_64,
  memorySize: 3008,
  ephemeralStorageSize: Size.gibibytes(4),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html */
const readEnvironment = ({ region }: Stack, key: IKey) =>
  new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': viaService('lambda', region) } },
  });
