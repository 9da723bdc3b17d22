// The tags that say what is ours: deletes are allowed, in IAM too, only on what carries them.

export const STACK_TAG = 'sagemaker-deployer:stack';
export const ROLLOUT_TAG = 'sagemaker-deployer:rollout';

export function ownershipTags(stackName: string, rolloutId: string): Record<string, string> {
  return { [STACK_TAG]: stackName, [ROLLOUT_TAG]: rolloutId };
}
