// The rollout, top to bottom: its fragments, and how each leads to the next.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { beginFragment } from './fragments/begin.ts';
import { candidateFragment } from './fragments/candidate.ts';
import { endFragment } from './fragments/end.ts';
import { retireFragment } from './fragments/retire.ts';
import { rollbackFragment } from './fragments/rollback.ts';
import { updateFragment } from './fragments/update.ts';
import { verifyFragment } from './fragments/verify.ts';
import { weightsFragment } from './fragments/weights.ts';
import { type MachineFunctions, statesIn } from './states.ts';

export function rolloutDefinition(scope: Construct, functions: MachineFunctions): IChainable {
  // The id of a state's scope says in which fragment it is; its own id is its name.
  const states = (fragment: string) => statesIn(new Construct(scope, fragment), functions);

  const begin = beginFragment(states('begin'));
  const candidate = candidateFragment(states('candidate'));
  const update = updateFragment(states('update'));
  const weights = weightsFragment(states('weights'));
  const verify = verifyFragment(states('verify'));
  const rollback = rollbackFragment(states('rollback'));
  const retire = retireFragment(states('retire'));
  const end = endFragment(states('end'));

  const { recordOutcome } = end;
  const rollBack = rollback.start;
  begin.join({
    proceed: candidate.start,
    unchanged: verify.runCanary,
    retire: retire.start,
    rollBack,
    recordOutcome,
  });
  candidate.join({ next: update.start, rollBack });
  update.join({ next: weights.start, rollBack });
  weights.join({ next: verify.start, rollBack });
  verify.join({ next: end.start, rollBack });
  rollback.join({ recordOutcome });
  retire.join({ recordOutcome });
  end.join();
  return begin.start;
}
