// A schedule of one run that comes due at any second of a rollout that takes scaling off meanwhile.
import { Evidence } from '../judging/evidence.ts';
import { scheduleOnce, stackWith } from '../world/bases.ts';
import { type SituationName, situations } from '../world/situations.ts';
import type { Scenario } from './scenario.ts';

const SITUATIONS: readonly SituationName[] = ['updateScheduled', 'updateScheduledWrong'];
/** Longer than these rollouts take, and their rollback. */
const SECONDS = 45;
/** A rollout that is slower meets it elsewhere: how long SageMaker takes for a change. */
const PROVISIONING_SECONDS = [12, 3];

export function dueSchedules(): Scenario[] {
  return SITUATIONS.flatMap((situation) =>
    PROVISIONING_SECONDS.flatMap((provisioning) =>
      Array.from({ length: SECONDS }, (_, index): Scenario => {
        const due = index + 1;
        return {
          suite: 'schedule',
          name: `${situation}: due after ${due} s, changes take ${provisioning} s`,
          run: async (engine, seed) => {
            const { base, begin, ends } = situations[situation];
            const stack = await stackWith(base, { ...engine, seed });
            stack.account.provisioningMilliseconds = provisioning * 1000;
            await scheduleOnce(stack, 'due', due);
            const evidence = new Evidence(stack);
            await begin(stack);
            await stack.settle();
            return { evidence, met: true, expectation: { ends } };
          },
        };
      }),
    ),
  );
}
