// Container images in ECR.
import type { ImageDescription } from '../core/request/image-description.ts';

export interface Images {
  /** One image of this account and region by tag or digest; null when there is none. */
  describe(repositoryName: string, reference: { tag: string } | { digest: string }): Promise<ImageDescription | null>;
}
