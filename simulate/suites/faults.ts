// Single faults at every call site of every task.
import { engineAsItIs } from '../world/engine.ts';
import { type Fault, faultsAt, nameOfFault, passes, type Site, sitesOf, striking } from '../world/faults.ts';
import { isLikeAnother, isOwnCall, type SituationName, situations } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';

const sites = new Map<SituationName, Site[]>();

/** The calls that the situation makes when nothing fails. */
async function sitesIn(situation: SituationName): Promise<Site[]> {
  const known = sites.get(situation);
  if (known !== undefined) return known;
  const { town, begin } = await stage(engineAsItIs(), situation, 1);
  await begin();
  await town.settle();
  const found = sitesOf(town.account.calls);
  sites.set(situation, found);
  return found;
}

export const faultsIn = async (situation: SituationName): Promise<Fault[]> => faultsAt(await sitesIn(situation));

export function faultScenario(situation: SituationName, faults: readonly Fault[], sdkAttempts: number): Scenario {
  const isHarmless = faults.every(passes);
  return {
    family: faults.length === 1 ? 'fault' : 'pair',
    name: `${situation}: ${faults.map(nameOfFault).join(' + ')}, ${sdkAttempts} attempts`,
    run: async (engine, seed) => {
      const { town, evidence, begin, situation: about } = await stage(engine, situation, seed, { sdkAttempts });
      const strike = striking(faults, () => town.account.time.now);
      town.account.strike = strike;
      await begin();
      await town.settle();
      return {
        evidence,
        met: strike.struck() > 0,
        expectation: {
          ends: isHarmless ? about.ends : null,
          mayNeedAttention: !isHarmless,
          mayBeUntold: faults.some((fault) => fault.site.function === 'RecordOutcome' && !passes(fault)),
          mayDelete: situation === 'retire',
        },
      };
    },
  };
}

/** All that one fault can be; what passes by itself also with SDK clients that try but once, so that the machine tries again. */
export async function singleFaults(): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of Object.keys(situations) as SituationName[])
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
