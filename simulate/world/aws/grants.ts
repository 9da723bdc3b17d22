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
    return hasPrefix(key, prefix) && (!isVersion || options?.VersionId === 'any');
  });
}

/** As IAM reads it: an asterisk stands for any characters, slashes too. */
const hasPrefix = (key: string, prefix: string): boolean => {
  const [first = '', ...others] = prefix.split('*');
  if (!key.startsWith(first)) return false;
  let from = first.length;
  return others.every((part) => {
    const at = key.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
};
