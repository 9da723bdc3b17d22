// What came of the checks, for people and for programs.

export interface CheckResult {
  name: string;
  /** Empty: passed. */
  problems: string[];
  seconds: number;
}

export interface TargetResult {
  target: string;
  /** Unpacked, base included. */
  bytes: number;
  buildSeconds: number;
  checks: CheckResult[];
}

export const isPassed = (results: readonly TargetResult[]): boolean =>
  results.length > 0 &&
  results.every(({ checks }) => checks.length > 0 && checks.every(({ problems }) => problems.length === 0));

export function checkLine({ name, problems, seconds }: CheckResult): string {
  const line = `  ${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`;
  return [line, ...problems.map((problem) => `         ${problem.split('\n').join('\n         ')}`)].join('\n');
}

export function summary(results: readonly TargetResult[]): string {
  return results
    .map(({ target, bytes, checks }) => {
      const failed = checks.filter(({ problems }) => problems.length > 0).length;
      const verdict =
        failed === 0 ? `all ${checks.length} checks passed` : `${failed} of ${checks.length} checks failed`;
      return `${target}: ${Math.round(bytes / 1e6)} MB, ${verdict}`;
    })
    .join('\n');
}
