// A container image as its registry describes it.

export interface ImageDescription {
  /** `sha256:...` of the manifest. */
  digest: string;
  /** For example `application/vnd.docker.distribution.manifest.v2+json`. */
  mediaType: string;
  /** GOARCH of the image's configuration, `amd64` or `arm64`; null when the manifest does not lead to one. */
  architecture: string | null;
  /** Of all layers together, as the registry keeps them, compressed; left out where the manifest does not say. */
  layerBytes?: number;
}
