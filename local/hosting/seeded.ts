/** Random draws that are the same in each run. */

/** Provisioning times drawn evenly between two bounds, in milliseconds, the same for the same seed. */
export function uniform(seed: number, leastMs: number, mostMs: number): () => number {
  const draw = seeded(seed);
  return () => leastMs + draw() * (mostMs - leastMs);
}

/** mulberry32: a small generator of numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A seed of a text: 32-bit FNV-1a. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
