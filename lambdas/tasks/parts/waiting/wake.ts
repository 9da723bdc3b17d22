// Ends the waits of rollouts. Whatever comes of it fails nothing: a wait that nobody ends, ends with its time.
import { RolloutError } from '../../../core/rollout-error.ts';
import type { TaskAnswers } from '../../../ports/task-answers.ts';
import type { WakeTokens } from '../../../ports/wake-tokens.ts';

export interface WakePorts {
  wakeTokens: WakeTokens;
  taskAnswers: TaskAnswers;
}

export async function wake(ports: WakePorts, rolloutIds: readonly string[]): Promise<void> {
  for (const rolloutId of rolloutIds) {
    try {
      await wakeOne(ports, rolloutId);
    } catch (error) {
      if (!(error instanceof RolloutError)) throw error;
    }
  }
}

/** False where it does not wait. */
export async function wakeOne({ wakeTokens, taskAnswers }: WakePorts, rolloutId: string): Promise<boolean> {
  const taskToken = await wakeTokens.ofRollout(rolloutId);
  return taskToken !== null && taskAnswers.answer(taskToken);
}
