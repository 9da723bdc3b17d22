// Moves the deployed functions to runtimes of ours: thrown errors reach Retry and Catch by their names, and Python is the server's.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { unzip } from './unzip.ts';
import { type ZipEntry, zip } from './zip.ts';

interface Template {
  Resources: Record<string, { Type: string; Properties?: { Runtime?: string; Code?: { S3Key?: string } } }>;
}

interface AssetManifest {
  files: Record<string, { source: { path: string } }>;
}

interface AssemblyManifest {
  artifacts: Record<string, { type: string; properties?: { stackName?: string } }>;
}

/**
 * Gives every function of the deployed stacks the same code again plus an executable `bootstrap`, and the runtime
 * `provided.al2023`. Names, roles, settings and code stay as the template has them; in place of the packages of a Python
 * function, which are for Lambda's Linux and Python, the server's own environment has the same versions for this machine.
 *
 * @param assembly the CDK's output folder that was deployed
 * @returns the functions' names
 */
export async function swapRuntimes(clients: Clients, assembly: string): Promise<string[]> {
  const { artifacts } = await readJson<AssemblyManifest>(join(assembly, 'manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const names = await Promise.all(
    stacks.map(([id, { properties }]) => swapStack(clients, assembly, id, properties?.stackName ?? id)),
  );
  return names.flat();
}

interface Clients {
  lambda: LambdaClient;
  cloudFormation: CloudFormationClient;
}

async function swapStack(clients: Clients, assembly: string, id: string, StackName: string): Promise<string[]> {
  const { Resources } = await readJson<Template>(join(assembly, `${id}.template.json`));
  const { files } = await readJson<AssetManifest>(join(assembly, `${id}.assets.json`));
  const code = new Map<string, () => Promise<ZipEntry[]>>();
  for (const [logicalId, { Type, Properties }] of Object.entries(Resources)) {
    const asset = files[Properties?.Code?.S3Key?.replace('.zip', '') ?? ''];
    if (Type !== 'AWS::Lambda::Function' || !asset) continue;
    const path = join(assembly, asset.source.path);
    if (Properties?.Runtime?.startsWith('nodejs')) code.set(logicalId, () => nodeCode(path));
    if (Properties?.Runtime?.startsWith('python')) code.set(logicalId, () => pythonCode(path));
  }
  const names: [name: string, entries: () => Promise<ZipEntry[]>][] = [];
  const pages = paginateListStackResources({ client: clients.cloudFormation }, { StackName });
  for await (const { StackResourceSummaries = [] } of pages) {
    for (const { LogicalResourceId, PhysicalResourceId } of StackResourceSummaries) {
      const entries = code.get(LogicalResourceId!);
      if (entries) names.push([PhysicalResourceId!, entries]);
    }
  }
  await Promise.all(
    names.map(async ([FunctionName, entries]) => {
      const ZipFile = zip(await entries());
      await clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
      await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Runtime: 'provided.al2023' }));
    }),
  );
  return names.map(([name]) => name);
}

const ENVIRONMENTS = join(import.meta.dirname, '..', '..', '.venv');
/** Of a Python function's package: our own code, and what was compiled of it. The rest are packages. */
const OUR_OWN = /^(model_trial|inference_server|libraries)\/|^image-tags\.json$/;

const nodeCode = async (directory: string): Promise<ZipEntry[]> => [
  ...(await entriesOf(directory)),
  bootstrap([process.execPath, join(import.meta.dirname, 'bootstrap.mjs')]),
];

async function pythonCode(archive: string): Promise<ZipEntry[]> {
  const lib = join(ENVIRONMENTS, 'cloud', 'lib');
  const [version = ''] = (await readdir(lib)).filter((name) => name.startsWith('python3.'));
  const python = join(ENVIRONMENTS, 'serving', 'bin', 'python');
  return [
    ...unzip(await readFile(archive), (path) => OUR_OWN.test(path)),
    bootstrap([python, join(import.meta.dirname, 'bootstrap.py'), join(lib, version, 'site-packages')]),
  ];
}

/** The loop itself stays where it is: MiniStack runs functions on this machine. */
const bootstrap = (command: readonly string[]): ZipEntry => ({
  path: 'bootstrap',
  mode: 0o755,
  content: Buffer.from(`#!/bin/sh\nexec ${command.map(quoted).join(' ')}\n`),
});

async function entriesOf(directory: string): Promise<ZipEntry[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        return { path: file.slice(directory.length + 1), content: await readFile(file), mode: 0o644 };
      }),
  );
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
