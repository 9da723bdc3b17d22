// Tags, as a record and as SageMaker's list.
import { paginateListTags, type SageMakerClient, type Tag } from '@aws-sdk/client-sagemaker';
import type { Tags } from '../ports/models.ts';
import { renamed } from './sagemaker-error.ts';

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The tags of a resource. Throws `NotReady` where it is gone: it was there a moment ago, and looking again tells. */
export async function tagsOf(client: SageMakerClient, arn: string): Promise<Tags> {
  const tags: Tags = {};
  const pages = paginateListTags({ client }, { ResourceArn: arn });
  for (;;) {
    const page = await renamed(pages.next());
    if (page.done) return tags;
    for (const { Key, Value } of page.value.Tags ?? []) if (Key !== undefined) tags[Key] = Value ?? '';
  }
}
