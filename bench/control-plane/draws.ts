// The provisioning times that all competitors meet.
import { uniform } from '../../local/hosting/seeded.ts';

export interface Band {
  /** Seconds around which it lies. */
  name: '30' | '300';
  /** In seconds. */
  draws: number[];
}

/** Thirty seconds first, so that the functions are warm for the band that the goal is about. */
export function bands(seed: number, count: number): Band[] {
  return [
    { name: '30', draws: draws(seed, 25, 35, count) },
    { name: '300', draws: draws(seed, 285, 315, count) },
  ];
}

function draws(seed: number, least: number, most: number, count: number): number[] {
  const draw = uniform(seed, least * 1000, most * 1000);
  return Array.from({ length: count }, () => draw() / 1000);
}
