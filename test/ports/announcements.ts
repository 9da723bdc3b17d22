// Announcements, kept.
import type { Announcements } from '../../lambdas/ports/announcements.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';

export function keptAnnouncements(): Announcements & { readonly announced: Outcome[] } {
  const announced: Outcome[] = [];
  return {
    announced,
    announce: async (outcome) => {
      announced.push(outcome);
    },
  };
}
