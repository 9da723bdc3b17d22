// What the image says of itself, against what SageMaker and its operators need.

/** Of `docker image inspect` and `podman image inspect`. */
export interface ImageConfig {
  Architecture: string;
  Os: string;
  Size: number;
  /** Podman's alone: Docker decides the format when it pushes. */
  ManifestType?: string;
  /** Podman's place for it. */
  Healthcheck?: { Test?: string[] };
  Config: {
    User?: string;
    Entrypoint?: string[];
    Cmd?: string[];
    Labels?: Record<string, string>;
    Healthcheck?: { Test?: string[] };
  };
}

const DOCKER_SCHEMA_2 = 'application/vnd.docker.distribution.manifest.v2+json';
const LABELS = ['accept-bind-to-port', 'multi-models'].map((name) => `com.amazonaws.sagemaker.capabilities.${name}`);

export const healthCheck = ({ Healthcheck, Config }: ImageConfig): string[] =>
  (Config.Healthcheck ?? Healthcheck)?.Test ?? [];

export function configProblems(image: ImageConfig): string[] {
  const { Config: config, ManifestType: format } = image;
  const wrong = (holds: boolean, problem: string) => (holds ? [] : [problem]);
  return [
    ...wrong(image.Os === 'linux' && image.Architecture === 'amd64', `it is for ${image.Os}/${image.Architecture}`),
    ...wrong(format === undefined || format === DOCKER_SCHEMA_2, `its format is ${format}, SageMaker takes Docker's`),
    ...wrong(/^[1-9]\d*:[1-9]\d*$/.test(config.User ?? ''), `its user is ${JSON.stringify(config.User ?? '')}`),
    // A shell between would swallow SIGTERM.
    ...wrong(config.Entrypoint?.[0]?.startsWith('/opt/venv/') === true, `its entry point is ${config.Entrypoint}`),
    ...wrong(config.Cmd?.join(' ') === 'serve', `its command is ${config.Cmd}`),
    ...wrong(healthCheck(image)[0] === 'CMD', `its health check is ${JSON.stringify(healthCheck(image))}`),
    ...LABELS.filter((label) => config.Labels?.[label] !== 'true').map((label) => `it lacks the label ${label}=true`),
  ];
}
