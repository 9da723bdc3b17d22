// How an update will move its traffic, told before it begins: every wait, also the one that nobody asked for.
import type { ResolvedStrategy } from '../../../state-machine/contract/resolved-request.ts';
import { bakes, trafficSteps, waitsInAll } from './traffic-steps.ts';

/** `10 %, 15 s; 100 %, 15 s until the old fleet goes: waits of 30 s in all`. Null where it does not wait at all. `instances`: of the new fleet. */
export function paceText(strategy: ResolvedStrategy, instances: number): string | null {
  if (!bakes(strategy)) return null;
  const steps = trafficSteps(strategy, instances);
  const last = steps.length - 1;
  const told = steps.map(({ share, waitSeconds }, index) => {
    const until = index === last && strategy.traffic.type !== 'rolling' ? ' until the old fleet goes' : '';
    return `${Math.round(100 * share)} %, ${waitSeconds} s${until}`;
  });
  return `${shownSteps(told)}: waits of ${waitsInAll(steps)} s in all`;
}

/** The longest, 20 batches of 5 %, would fill the screen. */
export const shownSteps = (told: string[]): string =>
  (told.length <= MAXIMUM_SHOWN ? told : [...told.slice(0, 2), '...', ...told.slice(-1)]).join('; ');

const MAXIMUM_SHOWN = 4;
