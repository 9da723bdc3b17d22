// Who hears of the answers of an asynchronous endpoint.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Notifications, ResolvedHosting } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';

export const notificationsOf = (hosting: ResolvedHosting): Notifications =>
  (hosting.type === 'async' && hosting.notifications) || {};

export const topicsOf = ({ successTopicArn, errorTopicArn }: Notifications): string[] => [
  ...new Set([successTopicArn, errorTopicArn].filter((topic) => topic !== undefined)),
];

/** The same topics are the same content, however they were written. */
export const resolveNotifications = ({ includeInferenceResponseIn, ...topics }: Notifications): Notifications => ({
  ...topics,
  ...(includeInferenceResponseIn !== undefined && {
    includeInferenceResponseIn: [...new Set(includeInferenceResponseIn)].sort(),
  }),
});

const WHERE = 'hosting.notifications';

export function notificationProblems(
  notifications: Notifications,
  { allowedNotificationTopicArns: allowed }: Pick<PlatformSettings, 'allowedNotificationTopicArns'>,
): Problem[] {
  const { includeInferenceResponseIn = [] } = notifications;
  const problems: Problem[] = [];
  for (const about of ['success', 'error'] as const) {
    const topic = notifications[`${about}TopicArn`];
    if (topic === undefined) {
      if (!includeInferenceResponseIn.includes(about)) continue;
      const message = `It includes the response in the messages of "${about}", which go nowhere. Give ${about}TopicArn, or leave "${about}" out.`;
      problems.push(problem(`${WHERE}.includeInferenceResponseIn`, message));
    } else if (!allowed.includes(topic)) {
      const message = `Found ${topic}, which the platform's setting allowedNotificationTopicArns does not list. Allowed: ${allowed.join(', ') || 'none'}.`;
      problems.push(problem(`${WHERE}.${about}TopicArn`, message));
    }
  }
  return problems;
}
