// How the server of an image becomes ready, and how it ends.
import { type Check, inContainer, whenReady } from '../check.ts';
import { healthCheck } from '../image-config.ts';

export const lifeCycle: readonly Check[] = [
  {
    name: 'SIGTERM: ends with 0',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady(async (container) => {
          const { seconds, status } = await container.stop();
          const log = await container.log();
          return [
            ...(status === 0 ? [] : [`it ended with status ${status}`]),
            ...(seconds < 25 ? [] : [`it took ${seconds.toFixed(1)} s`]),
            ...(log.includes('stopped') ? [] : [`its log does not say that it stopped: ${log.slice(-500)}`]),
          ];
        }),
      ),
  },
  {
    name: 'health check tells ready from not ready',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady(async (container) => {
          const [, ...command] = healthCheck(subject.config);
          const check = (variables: string[]) =>
            subject.engine.run(['exec', ...variables.flatMap((each) => ['--env', each]), container.id, ...command]);
          const ready = await check([]);
          const nobody = await check(['SAGEMAKER_BIND_TO_PORT=9']);
          return [
            ...(ready.status === 0 ? [] : [`of a server that is ready it says ${ready.status}: ${ready.stderr}`]),
            ...(nobody.status === 1 ? [] : [`where nobody listens it says ${nobody.status}`]),
          ];
        }),
      ),
  },
  {
    name: 'a model that cannot be served ends it with 1',
    run: (subject) =>
      inContainer(subject, { modelDirectory: subject.models.empty }, async (container) => {
        const status = await container.untilEnded();
        const log = await container.log();
        return status === 1 && log.includes('cannot be served') ? [] : [`status ${status}: ${log.slice(-500)}`];
      }),
  },
];
