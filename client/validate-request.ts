// Checks a rollout request or a manifest as far as that is possible without the platform's settings.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseJson } from '../lambdas/core/problems/problems.ts';
import { offlineProblems } from '../lambdas/core/request/offline-problems.ts';
import type { Problem } from '../state-machine/contract/problem.ts';
import type { RolloutRequest } from '../state-machine/contract/request.ts';
import { Refusal } from './refusal.ts';

/** As `models/<endpoint>/rollout.json`. */
const MANIFEST_FILE = 'rollout.json';

export interface ValidatedRequest {
  /** As it was written, defaults not applied; null when there are problems. */
  request: RolloutRequest | null;
  problems: readonly Problem[];
}

/**
 * @param file `-` for stdin
 * @param as `request`: it is to be started; else a manifest too, which a file is that is named so, or names neither endpoint nor
 *   model
 * @throws Refusal when it cannot be read
 */
export async function validateRequest(file: string, as: 'request' | 'either' = 'either'): Promise<ValidatedRequest> {
  const parsed = parseJson(await read(file), nameOf(file));
  if (parsed.problems.length > 0) return { request: null, problems: parsed.problems };
  const problems = offlineProblems(parsed.value, as === 'either' && isManifest(file, parsed.value));
  return { request: problems.length === 0 ? (parsed.value as RolloutRequest) : null, problems };
}

function isManifest(file: string, value: unknown): boolean {
  const { endpointName, model, action } = (value ?? {}) as Record<string, unknown>;
  return (
    basename(file) === MANIFEST_FILE || (endpointName === undefined && model === undefined && action === undefined)
  );
}

export function problemsText(file: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return [`${nameOf(file)} has ${count}:`, ...problems.map(({ where, message }) => `- ${where}: ${message}`)].join(
    '\n',
  );
}

const nameOf = (file: string) => (file === '-' ? '(stdin)' : file);

async function read(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Refusal(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${message}`);
  }
}
