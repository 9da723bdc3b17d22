// Models that the server does not evaluate by itself: whoever serves them, or says why nobody does.
import { type Check, goldenProblems, inContainer, whenReady } from '../check.ts';

interface Prediction {
  predicted_class_index: number;
}

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
    name: 'the scikit-learn of every minor serves what it wrote',
    target: 'full',
    run: async (subject) => {
      const problems: string[] = [];
      for (const { minor, directory, rows, predicted } of subject.models.minors) {
        const found = await inContainer(
          subject,
          { modelDirectory: directory },
          whenReady(async (container) => {
            const [answer] = await container.ask([{ path: '/invocations', body: JSON.stringify({ instances: rows }) }]);
            const { predictions = [] } = JSON.parse(answer?.body ?? '{}') as { predictions?: Prediction[] };
            const classes = predictions.map((prediction) => prediction.predicted_class_index);
            return classes.join() === predicted.join() ? [] : [`it answered ${answer?.status} ${classes.join()}`];
          }),
        );
        problems.push(...found.map((problem) => `${minor}: ${problem}`));
      }
      return problems;
    },
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
