// Bugs that only show where a rollout waits.
import { engineWith, given, type SeededDefect } from './planting.ts';

export const defectsOfWaits: readonly SeededDefect[] = [
  {
    name: 'LeaseEndpoint asks a rollout to stop, and wakes nobody',
    rule: 'stopsAreHeard',
    among: ['cancel create: cancelled 100 s into a long', 'cancel update: cancelled 100 s into a long'],
    plant: () => engineWith(given('LeaseEndpoint', () => ({ taskAnswers: { answer: async () => true } }))),
  },
  {
    name: 'RecordOutcome warns of the token of the last wait',
    rule: 'tokensStaySecret',
    among: ['fault create: CreateModel'],
    plant: () =>
      engineWith(
        given('RecordOutcome', ({ ledger, wakeTokens }) => ({
          ledger: {
            ...ledger,
            record: async (outcome, release, leaving) => {
              const token = await wakeTokens.ofRollout(outcome.rolloutId);
              return ledger.record({ ...outcome, warnings: [...outcome.warnings, String(token)] }, release, leaving);
            },
          },
        })),
      ),
  },
];
