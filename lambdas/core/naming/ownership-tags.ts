// The tags that say what is ours: deletes are allowed, in IAM too, only on what carries them.

export const STACK_TAG = 'sagemaker-deployer:stack';
export const ROLLOUT_TAG = 'sagemaker-deployer:rollout';

export function ownershipTags(stackName: string, rolloutId: string): Record<string, string> {
  return { [STACK_TAG]: stackName, [ROLLOUT_TAG]: rolloutId };
}

/** Made by a rollout of the stack, not only handed over to it. */
export const isMadeBy = (stackName: string, tags: Readonly<Record<string, string>>): boolean =>
  tags[STACK_TAG] === stackName && tags[ROLLOUT_TAG] !== undefined;

/** Of the alarms that fire step policies: they stay from release to release, and are no rollout's. */
export const alarmTags = ({
  [STACK_TAG]: stackName = '',
}: Readonly<Record<string, string>>): Record<string, string> => ({
  [STACK_TAG]: stackName,
});
