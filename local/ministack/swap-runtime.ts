// Moves the deployed functions to a runtime of ours, so that thrown errors reach Retry and Catch by their names.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
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
 * Gives every Node function of the deployed stacks the same code again plus an executable `bootstrap`, and the runtime
 * `provided.al2023`. Names, roles, settings and code stay as the template has them.
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
  const code = new Map<string, string>();
  for (const [logicalId, { Type, Properties }] of Object.entries(Resources)) {
    const asset = files[Properties?.Code?.S3Key?.replace('.zip', '') ?? ''];
    if (Type === 'AWS::Lambda::Function' && Properties?.Runtime?.startsWith('nodejs') && asset) {
      code.set(logicalId, join(assembly, asset.source.path));
    }
  }
  const names: [name: string, directory: string][] = [];
  const pages = paginateListStackResources({ client: clients.cloudFormation }, { StackName });
  for await (const { StackResourceSummaries = [] } of pages) {
    for (const { LogicalResourceId, PhysicalResourceId } of StackResourceSummaries) {
      const directory = code.get(LogicalResourceId!);
      if (directory) names.push([PhysicalResourceId!, directory]);
    }
  }
  await Promise.all(
    names.map(async ([FunctionName, directory]) => {
      const ZipFile = zip([...(await entriesOf(directory)), bootstrap]);
      await clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
      await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Runtime: 'provided.al2023' }));
    }),
  );
  return names.map(([name]) => name);
}

/** The loop itself stays where it is: MiniStack runs functions on this machine. */
const bootstrap: ZipEntry = {
  path: 'bootstrap',
  mode: 0o755,
  content: Buffer.from(
    `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(join(import.meta.dirname, 'bootstrap.mjs'))}\n`,
  ),
};

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
