// Deploys the CDK app into the local cloud, with the CDK CLI that deploys it into AWS.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { swapRuntimes } from '../ministack/swap-runtime.ts';
import { run } from '../process/run.ts';
import { synthesizedAssembly } from './synthesized-assembly.ts';

export interface DeployOptions {
  /** The CDK app's command, e.g. `node infra/app.ts`. Default: the one in `cdk.json`. */
  app?: string;
  /** CDK context, `-c key=value`. */
  context?: Record<string, string>;
  /** A directory of its own: two CDK runs on one output folder refuse each other. */
  directory: string;
  /** What reaches the local cloud, `AWS_ENDPOINT_URL` and credentials. */
  env: Record<string, string>;
  /** Told the name of each step and the seconds it took. */
  onStep?: (step: string, seconds: number) => void;
  signal?: AbortSignal;
}

export interface Deployment {
  /** Stack name -> its outputs. */
  outputs: Record<string, Record<string, string>>;
  /** The functions, by name. */
  functions: string[];
  assembly: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const CDK = join(ROOT, 'node_modules', '.bin', 'cdk');

/**
 * Bootstraps the account while the app is being synthesized, deploys all its stacks, and gives their functions the
 * runtime that keeps error names.
 *
 * @throws with the end of the CDK's own output when one of its commands fails
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { app, context = {}, directory, signal, onStep } = options;
  const home = join(directory, 'cdk-home');
  await mkdir(home, { recursive: true });
  const env = {
    ...withoutAws(process.env),
    ...options.env,
    NO_PROXY: '127.0.0.1',
    // The first `node` of the app's command is this one, Node 24.
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    // The CLI remembers which account a key belongs to; ours must not meet the user's.
    CDK_HOME: home,
    CDK_DISABLE_CLI_TELEMETRY: '1',
    CDK_DEFAULT_ACCOUNT: '000000000000',
    CDK_DEFAULT_REGION: options.env.AWS_REGION,
    CI: '1',
    NO_COLOR: '1',
  };
  const logged = (name: string, cwd: string) => ({ cwd, env, logFile: join(directory, `${name}.log`), signal });
  const cdk = (name: string, parameters: string[], cwd: string) =>
    timed(name, () => run(CDK, [...parameters, '--no-notices'], logged(name, cwd)));
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    onStep?.(name, (performance.now() - started) / 1000);
    return result;
  };

  const settings = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  const command = ['synth', '--quiet', ...(app ? ['--app', app] : []), ...settings];
  const synthesize = (output: string) =>
    run(CDK, [...command, '--no-notices', '--output', output], logged('cdk synth', ROOT));
  const [assembly] = await Promise.all([
    timed('cdk synth', async () => {
      // What another app reads is not known here.
      if (app === undefined) return synthesizedAssembly([...command, env.CDK_DEFAULT_REGION!], synthesize);
      const own = join(directory, 'cdk.out');
      await synthesize(own);
      return own;
    }),
    // Outside the project's directory, or the CLI would run the app only to learn the environment it is told here.
    cdk('cdk bootstrap', ['bootstrap', `aws://000000000000/${options.env.AWS_REGION}`], home),
  ]);
  const outputsFile = join(directory, 'outputs.json');
  await cdk(
    'cdk deploy',
    ['deploy', '--all', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile],
    home,
  );
  const outputs = JSON.parse(await readFile(outputsFile, 'utf8')) as Deployment['outputs'];
  const functions = await timed('swap runtimes', () => swap(options.env, assembly));
  return { outputs, functions, assembly };
}

/** The user's own profile, session and endpoints must not reach the CLI: it would deploy somewhere else. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(others), AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
}

async function swap(env: Record<string, string>, assembly: string): Promise<string[]> {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! };
  const configuration = { endpoint: env.AWS_ENDPOINT_URL, region: env.AWS_REGION, credentials };
  const clients = { lambda: new LambdaClient(configuration), cloudFormation: new CloudFormationClient(configuration) };
  try {
    return await swapRuntimes(clients, assembly);
  } finally {
    clients.lambda.destroy();
    clients.cloudFormation.destroy();
  }
}
