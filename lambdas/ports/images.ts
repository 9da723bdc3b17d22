// Container images in ECR.

export interface ImageDescription {
  /** `sha256:...` of the manifest. */
  digest: string;
  /** For example `application/vnd.docker.distribution.manifest.v2+json`. */
  mediaType: string;
  /** GOARCH of the image's configuration, `amd64` or `arm64`; null when the manifest does not lead to one. */
  architecture: string | null;
}

export interface Images {
  /** One image of this account and region by tag or digest; null when there is none. */
  describe(repositoryName: string, reference: { tag: string } | { digest: string }): Promise<ImageDescription | null>;
}
