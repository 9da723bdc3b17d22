// Builds the serving image, pushes it, and looks at what arrived.
import type { PublishedImage } from './describe-image.ts';

/** SageMaker pulls nothing else: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const DOCKER_SCHEMA_2 = 'application/vnd.docker.distribution.manifest.v2+json';
const ARCHITECTURE = 'amd64';

export interface PublishOptions {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>` */
  repositoryUri: string;
  /** The tag that the deployed stack rolls out with. */
  stackTag: string;
  /** The tag that this checkout's source stands for. */
  sourceTag: string;
  sourceDirectory: string;
  /** The Dockerfile's stage to build: `full` or `lite`. */
  target: string;
  /** What the repository holds under a tag. */
  describe(repositoryName: string, tag: string): Promise<PublishedImage | null>;
  /** The registry's password. */
  password(): Promise<string>;
  /** Runs `docker` and rejects with what it said last when it fails. */
  docker(parameters: string[], input?: string): Promise<void>;
  tell(line: string): void;
}

/** @throws an error that says what to do */
export async function publishImage(options: PublishOptions): Promise<PublishedImage> {
  const { repositoryUri, stackTag, sourceTag, sourceDirectory, target, describe, docker, tell } = options;
  const slash = repositoryUri.indexOf('/');
  const registry = repositoryUri.slice(0, slash);
  const repositoryName = repositoryUri.slice(slash + 1);
  const image = `${repositoryUri}:${stackTag}`;
  if (stackTag.startsWith('src-') && stackTag !== sourceTag) {
    throw new Error(
      `The deployed stack rolls out the image ${stackTag}, and this checkout builds ${sourceTag}: run npm run deploy first.`,
    );
  }
  // Tags are immutable: a second push of the same one would be refused at its very end.
  const present = await describe(repositoryName, stackTag);
  if (present) {
    tell(`${image} is there already`);
    return checked(image, present);
  }
  try {
    await docker(['buildx', 'version']);
  } catch (error) {
    throw new Error(
      'Docker with buildx is needed to build the serving image, and did not answer here. Install or start Docker, or run ' +
        `this where it is (https://docs.docker.com/get-docker/). ${(error as Error).message}`,
      { cause: error },
    );
  }
  await docker(['login', '--username', 'AWS', '--password-stdin', registry], await options.password());
  try {
    tell(`building and pushing ${image} (${target}) for linux/${ARCHITECTURE}`);
    await docker([
      ...['buildx', 'build', '--platform', `linux/${ARCHITECTURE}`, '--target', target],
      // Attestations would make an index of the image, and SageMaker takes Docker schema 2 only.
      ...['--provenance=false', '--sbom=false'],
      ...['--output', `type=image,name=${image},push=true,oci-mediatypes=false`],
      sourceDirectory,
    ]);
  } finally {
    await docker(['logout', registry]);
  }
  const pushed = await describe(repositoryName, stackTag);
  if (!pushed)
    throw new Error(`${image} was pushed, and the repository does not know it. Look at it in the ECR console.`);
  return checked(image, pushed);
}

function checked(image: string, found: PublishedImage): PublishedImage {
  const problems = [
    found.mediaType !== DOCKER_SCHEMA_2 && `its media type is ${found.mediaType}, SageMaker takes ${DOCKER_SCHEMA_2}`,
    found.architecture !== ARCHITECTURE &&
      `its architecture is ${found.architecture ?? 'not known'}, not ${ARCHITECTURE}`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) {
    throw new Error(
      `${image} cannot be served: ${problems.join('; ')}. Delete that tag from the repository and publish it again.`,
    );
  }
  return found;
}
