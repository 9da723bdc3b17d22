/** AddTags, DeleteTags and ListTags, and the tags that resources are created with. */

import type { AddTagsInput, DeleteTagsInput, ListTagsInput, Tag } from '@aws-sdk/client-sagemaker';
import { validationException } from './aws-error.ts';
import { paged } from './paged.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html */
const MAX_TAGS = 50;

/** Refuses what may not be a tag; `existing` are those that the resource has already. */
export function checkTags(tags: readonly Tag[], existing: ReadonlyMap<string, string> = new Map()): void {
  const keys = tags.map((tag) => tag.Key!);
  const reserved = keys.find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved) throw validationException(`Tag keys must not start with "aws:": ${reserved}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice)
    throw validationException(`Duplicate tag keys found. Please note that tag keys are case insensitive: ${twice}`);
  if (new Set([...existing.keys(), ...keys]).size > MAX_TAGS)
    throw validationException(`A resource can have at most ${MAX_TAGS} tags`);
}

export function tagNew(world: World, arn: string, tags: readonly Tag[] = []): void {
  world.tags.set(arn, new Map(tags.map((tag) => [tag.Key!, tag.Value!])));
}

export function tagList(world: World, arn: string): Tag[] {
  return [...(world.tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
}

export function addTags(world: World, input: AddTagsInput) {
  const tags = tagsOfExisting(world, input.ResourceArn!);
  checkTags(input.Tags!, tags);
  for (const tag of input.Tags!) tags.set(tag.Key!, tag.Value!);
  return { Tags: tagList(world, input.ResourceArn!) };
}

export function deleteTags(world: World, input: DeleteTagsInput) {
  const tags = tagsOfExisting(world, input.ResourceArn!);
  for (const key of input.TagKeys!) tags.delete(key);
  return {};
}

export function listTags(world: World, input: ListTagsInput) {
  tagsOfExisting(world, input.ResourceArn!);
  const { page, next } = paged(tagList(world, input.ResourceArn!), input, MAX_TAGS);
  return { Tags: page, ...next };
}

function tagsOfExisting(world: World, arn: string): Map<string, string> {
  const tags = world.tags.get(arn);
  if (!tags || !arn.startsWith('arn:aws:sagemaker:')) throw validationException(`Could not find resource "${arn}".`);
  return tags;
}
