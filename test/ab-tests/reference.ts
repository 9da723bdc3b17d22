// Steps 2 to 4 of the algorithm as docs/ab-tests.md words them, of integers without limit: what the three languages must come to.
import { createHash } from 'node:crypto';

/** `L` of a user and a variant. Weights equal to it make scores of exactly 1, so that one unit more or less decides. */
export function scaledLogarithm(experiment: string, name: string, userId: string): number {
  const hash = createHash('sha256').update(['pick-variant/1', experiment, name, userId].join('\n')).digest('hex');
  const n = BigInt(`0x${hash.slice(0, 13)}`) + 1n;
  const e = BigInt(n.toString(2).length - 1);
  let m = (n << 25n) >> e;
  let L = (52n - e) << 24n;
  for (let b = 23n; b >= 0n; b -= 1n) {
    m = (m * m) >> 25n;
    if (m < 1n << 26n) continue;
    m >>= 1n;
    L -= 1n << b;
  }
  return Number(L);
}
