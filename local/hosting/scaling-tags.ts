/** TagResource, UntagResource and ListTagsForResource of Application Auto Scaling. */

import type {
  ListTagsForResourceRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError } from './aws-error.ts';
import type { World } from './world.ts';

function tagsOfTarget(world: World, arn: string): Map<string, string> {
  const tags = world.tags.get(arn);
  if (!tags || !arn.startsWith('arn:aws:application-autoscaling:'))
    throw new AwsError('ResourceNotFoundException', `The resource ${arn} doesn't exist.`);
  return tags;
}

export function tagResource(world: World, input: TagResourceRequest) {
  const tags = tagsOfTarget(world, input.ResourceARN!);
  if (new Set([...tags.keys(), ...Object.keys(input.Tags!)]).size > 50)
    throw new AwsError('TooManyTagsException', 'A scalable target can have at most 50 tags.');
  for (const [key, value] of Object.entries(input.Tags!)) tags.set(key, value);
  return {};
}

export function untagResource(world: World, input: UntagResourceRequest) {
  const tags = tagsOfTarget(world, input.ResourceARN!);
  for (const key of input.TagKeys!) tags.delete(key);
  return {};
}

export function listTagsForResource(world: World, input: ListTagsForResourceRequest) {
  return { Tags: Object.fromEntries(tagsOfTarget(world, input.ResourceARN!)) };
}
