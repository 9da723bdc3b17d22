// The provisioning times that all competitors meet.
import { uniform } from '../../local/hosting/seeded.ts';

export interface Band {
  /** Seconds around which it lies. */
  name: '30' | '300' | '3600';
  /** In seconds. */
  draws: number[];
}

/** Scaled, for an hour is long; few, for all are looked at every minute besides. */
export const HOUR = { draws: 10, scale: 0.05 };

export const hourBand = (seed: number): Band => ({ name: '3600', draws: draws(seed, 3_420, 3_780, HOUR.draws) });

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
