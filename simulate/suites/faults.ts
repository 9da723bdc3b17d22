// Single faults at every call site of every task.
import { engineAsItIs } from '../world/engine.ts';
import {
  type CallFault,
  faultsAt,
  injecting,
  isOutlastedByRollback,
  nameOfFault,
  passes,
  type Site,
  sitesOf,
} from '../world/faults.ts';
import { isLikeAnother, isOwnCall, isRetirement, type SituationName } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';
import { situationsAsked } from './situations-asked.ts';

const sites = new Map<SituationName, Site[]>();

/** The calls that the situation makes when nothing fails. */
async function sitesIn(situation: SituationName): Promise<Site[]> {
  const known = sites.get(situation);
  if (known !== undefined) return known;
  const { stack, begin } = await stage(engineAsItIs(), situation, 1);
  await begin();
  await stack.settle();
  const found = sitesOf(stack.account.calls);
  sites.set(situation, found);
  return found;
}

export const faultsIn = async (situation: SituationName): Promise<CallFault[]> => faultsAt(await sitesIn(situation));

export function faultScenario(situation: SituationName, faults: readonly CallFault[], sdkAttempts: number): Scenario {
  const isHarmless = faults.every(passes) || (faults.length === 1 && faults.every(isOutlastedByRollback));
  return {
    suite: faults.length === 1 ? 'fault' : 'pair',
    name: `${situation}: ${faults.map(nameOfFault).join(' + ')}, ${sdkAttempts} attempts`,
    run: async (engine, seed) => {
      const { stack, evidence, begin, situation: about } = await stage(engine, situation, seed, { sdkAttempts });
      const interceptor = injecting(faults, () => stack.account.time.now);
      stack.account.interceptor = interceptor;
      await begin();
      await stack.settle();
      return {
        evidence,
        met: interceptor.injected() > 0,
        expectation: {
          ends: isHarmless ? about.ends : null,
          mayNeedAttention: !isHarmless,
          mayBeUnreported: faults.some((fault) => fault.site.function === 'RecordOutcome' && !passes(fault)),
          mayDelete: isRetirement(situation),
        },
      };
    },
  };
}

/** All that one fault can be; what passes by itself also with SDK clients that try but once, so that the machine tries again. */
export async function singleFaults(asked: { only?: string } = {}): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of situationsAsked('fault', asked))
    for (const fault of await faultsIn(situation)) {
      if (!isLikeAnother(situation)) {
        all.push(faultScenario(situation, [fault], 3));
        // What the SDK does not try again, and what lasts, fails with fewer attempts as it fails with three.
        if (passes(fault)) all.push(faultScenario(situation, [fault], 1));
      }
      // What is like another situation has shown there what comes between one failure and lasting ones.
      else if (isOwnCall(situation, fault.site.function) && fault.times !== 'thrice')
        all.push(faultScenario(situation, [fault], 3));
    }
  return all;
}
