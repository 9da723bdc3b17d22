// Tags, as a record and as SageMaker's list.
import { paginateListTags, type SageMakerClient, type Tag } from '@aws-sdk/client-sagemaker';
import type { Tags } from '../ports/models.ts';
import { orNull } from './sagemaker-error.ts';

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The tags of a resource; none where it is gone. */
export async function tagsOf(client: SageMakerClient, arn: string): Promise<Tags> {
  const tags: Tags = {};
  const pages = paginateListTags({ client }, { ResourceArn: arn });
  for (;;) {
    const page = await orNull(pages.next());
    if (page === null || page.done) return tags;
    for (const { Key, Value } of page.value.Tags ?? []) if (Key !== undefined) tags[Key] = Value ?? '';
  }
}
