// Models that the server does not evaluate by itself: whoever serves them, or says why nobody does.
import { type Check, goldenProblems, inContainer, whenReady } from '../check.ts';

export const models: readonly Check[] = [
  {
    name: 'scikit-learn serves what the server does not evaluate',
    target: 'full',
    run: (subject) =>
      inContainer(
        subject,
        { modelDirectory: subject.models.fallback },
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
  {
    name: 'without scikit-learn it says which target has it',
    target: 'lite',
    run: (subject) =>
      inContainer(subject, { modelDirectory: subject.models.fallback }, async (container) => {
        const status = await container.untilEnded();
        const log = await container.log();
        return status === 1 && log.includes('use the target full') ? [] : [`status ${status}: ${log.slice(-500)}`];
      }),
  },
  {
    name: "an author's code is refused without trust",
    run: (subject) =>
      inContainer(subject, { modelDirectory: subject.models.authors }, async (container) => {
        const status = await container.untilEnded();
        return status === 1 ? [] : [`status ${status}: ${(await container.log()).slice(-500)}`];
      }),
  },
  {
    name: "an author's code runs with trust, and has no sockets",
    run: (subject) =>
      inContainer(
        subject,
        {
          modelDirectory: subject.models.authors,
          environment: { SAGEMAKER_DEPLOYER_TRUST: subject.models.authorsDigest },
        },
        whenReady(async (container) => {
          const [answer] = await container.ask([{ path: '/invocations', body: '{"instances": [[21]]}' }]);
          return answer?.body.includes('42') ? [] : [`it answered ${answer?.status} ${answer?.body.slice(0, 200)}`];
        }),
      ),
  },
];
