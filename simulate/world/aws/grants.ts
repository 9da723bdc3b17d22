// Whether a function's role would let a call pass: the calls that infra grants it, objects by the prefix of their keys.
import type { GrantedCall } from '../../../infra/function-calls.ts';
import type { ServiceName } from './clients.ts';

export function isGranted(
  granted: readonly GrantedCall[],
  service: ServiceName,
  operation: string,
  input: Record<string, unknown>,
): boolean {
  const name = `${service}:${operation}`;
  return granted.some((each) => {
    if (typeof each === 'string') return each === name;
    const [call, prefix, options] = each as readonly [string, string, { VersionId?: 'any' }?];
    if (call !== name) return false;
    const key = String(input.Key ?? input.Prefix ?? '');
    const isVersion = input.VersionId !== undefined;
    return key.startsWith(prefix) && (!isVersion || options?.VersionId === 'any');
  });
}
