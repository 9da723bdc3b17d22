// Whoever the server runs as, its golden cases are right.
import { type Check, goldenProblems, inContainer, whenReady } from '../check.ts';

const ANOTHER_USER = '4242:4243';

export const users: readonly Check[] = [
  {
    name: 'serve: golden cases',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
  {
    name: 'serve as another user',
    run: (subject) =>
      inContainer(
        subject,
        { user: ANOTHER_USER },
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
  {
    name: 'serve as root',
    run: (subject) =>
      inContainer(
        subject,
        { user: '0:0' },
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
];
