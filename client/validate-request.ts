// Checks a rollout request or a manifest as far as that is possible without the platform's settings.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseJson } from '../lambdas/core/problems/problems.ts';
import { checkRequest } from '../lambdas/core/request/check-request.ts';
import type { Problem } from '../state-machine/contract/problem.ts';
import type { RolloutRequest } from '../state-machine/contract/request.ts';
import { Refusal } from './refusal.ts';

export interface ValidatedRequest {
  /** As it was written, defaults not applied; null when there are problems. */
  request: RolloutRequest | null;
  problems: readonly Problem[];
}

/** @param file `-` for stdin. @throws Refusal when it cannot be read */
export async function validateRequest(file: string): Promise<ValidatedRequest> {
  const parsed = parseJson(await read(file), nameOf(file));
  if (parsed.problems.length > 0) return { request: null, problems: parsed.problems };
  const { problems } = checkRequest(parsed.value);
  return { request: problems.length === 0 ? (parsed.value as RolloutRequest) : null, problems };
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
