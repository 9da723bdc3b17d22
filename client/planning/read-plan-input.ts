// What is to be planned, from files of this machine.
import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isEndpointName, manifestKey } from '../../lambdas/core/naming/object-keys.ts';
import { parseJson } from '../../lambdas/core/problems/problems.ts';
import { Refusal } from '../refusal.ts';
import { archiveKey } from '../upload-archive.ts';
import type { LocalUpload, PlanInput } from './plan-input.ts';

export interface PlannedTarget {
  endpoint?: string | undefined;
  version?: string | undefined;
  variant?: string | undefined;
  /** Of an archive: the manifest that would be written before it. */
  manifest?: string | undefined;
}

/** Of a rollout that nobody has named yet. */
const VERSION = 'planned';
const STDIN = '-';

/**
 * A file `*.json`, or stdin, is a request, and with an endpoint the manifest of that; any other file is an archive, which needs
 * an endpoint. What is wrong with its content is for the plan to say.
 *
 * @throws Refusal for a file that cannot be read, and for names that fit no key
 */
export async function readPlanInput(file: string, target: PlannedTarget): Promise<PlanInput> {
  const { endpoint, version, variant, manifest } = target;
  const isJson = file === STDIN || file.endsWith('.json');
  if (!isJson) {
    if (endpoint === undefined) throw new Refusal(`--endpoint names the endpoint that ${file} is for.`);
    const key = archiveKey({ endpointName: endpoint, variantName: variant, version: version ?? VERSION });
    const written = manifest === undefined ? null : await localUpload(manifest, manifestKey(endpoint));
    return { kind: 'archive', archive: await localUpload(file, key), manifest: written };
  }
  if (version !== undefined || variant !== undefined || manifest !== undefined)
    throw new Refusal(`--version, --variant and --manifest are for archives; ${file} is a request, or a manifest.`);
  if (endpoint === undefined) return { kind: 'request', request: await readRequest(file) };
  if (file === STDIN) throw new Refusal('A manifest is planned from a file.');
  if (!isEndpointName(endpoint)) throw new Refusal(`"${endpoint}" cannot name an endpoint.`);
  return { kind: 'manifest', manifest: await localUpload(file, manifestKey(endpoint)) };
}

async function localUpload(file: string, key: string): Promise<LocalUpload> {
  const { size: sizeBytes, isFile } = await stat(file).then(
    (found) => ({ size: found.size, isFile: found.isFile() }),
    (error) => unreadable(file, error),
  );
  if (!isFile) throw new Refusal(`${file} is not a file.`);
  return { key, sizeBytes, file };
}

async function readRequest(file: string): Promise<unknown> {
  const content =
    file === STDIN ? text(process.stdin) : readFile(file, 'utf8').catch((error) => unreadable(file, error));
  const name = file === STDIN ? '(stdin)' : file;
  const { value, problems } = parseJson(await content, name);
  if (problems.length === 0) return value;
  throw new Refusal(problems.map(({ where, message }) => `${where}: ${message}`).join('\n'));
}

function unreadable(file: string, error: NodeJS.ErrnoException): never {
  throw new Refusal(error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${error.message}`);
}
