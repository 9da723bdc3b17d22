// Whether an answer is what a golden case expects.
import type { GoldenCase } from '../../../state-machine/contract/golden-cases.ts';

const SHOWN_LENGTH = 80;

/** What is different, in one sentence each with its path; empty when the answer is right. */
export function goldenMismatches({ expect }: GoldenCase, answer: { status: number; body: string }): string[] {
  if (!isExpectedStatus(expect.status, answer.status)) {
    return [`the status is ${answer.status} instead of ${expect.status}: ${shown(answer.body)}`];
  }
  if (expect.json === undefined) return [];
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    return [`the answer is not JSON: ${shown(answer.body)}`];
  }
  return mismatches(expect.json, json, expect.tolerance, '$');
}

export const isExpectedStatus = (expected: number | '4xx', status: number): boolean =>
  expected === '4xx' ? status >= 400 && status < 500 : status === expected;

function mismatches(expected: unknown, found: unknown, tolerance: number, path: string): string[] {
  if (typeof expected === 'number' && typeof found === 'number') {
    return Math.abs(expected - found) <= tolerance ? [] : [`${path} is ${found} instead of ${expected}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(found)) return [`${path} is ${shown(found)} instead of a list`];
    if (found.length !== expected.length) return [`${path} has ${found.length} elements instead of ${expected.length}`];
    return expected.flatMap((element, index) => mismatches(element, found[index], tolerance, `${path}[${index}]`));
  }
  if (expected !== null && typeof expected === 'object') {
    if (found === null || typeof found !== 'object' || Array.isArray(found))
      return [`${path} is ${shown(found)} instead of an object`];
    return Object.entries(expected).flatMap(([key, value]) =>
      Object.hasOwn(found, key)
        ? mismatches(value, (found as Record<string, unknown>)[key], tolerance, `${path}.${key}`)
        : [`${path}.${key} is missing`],
    );
  }
  return expected === found ? [] : [`${path} is ${shown(found)} instead of ${shown(expected)}`];
}

export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}
