// Waits: who asks a rollout to stop is heard, and what can end a wait is a secret.
import type { Rule } from '../rule.ts';

export const stopsAreHeard: Rule = {
  number: 19,
  name: 'stopsAreHeard',
  text: 'A rollout that waits and is asked to stop goes on within 10 s, whether events come or not.',
  broken: ({ stops }) => stops.unheard.map((who) => `${who} did not hear within 10 s that it was asked to stop`),
};

export const tokensStaySecret: Rule = {
  number: 20,
  name: 'tokensStaySecret',
  text: 'Task tokens stand in the ledger alone, each in the one place for it: in no document, outcome, event or mail.',
  broken: ({ stack }) => {
    const { tokens, s3, dynamoDb, announced, mails } = stack.account;
    const written = [
      ...[...s3.objects.keys()]
        .filter((key) => key.startsWith('rollouts/'))
        .map((key) => [key, JSON.stringify(s3.document(key) ?? null)] as const),
      ...dynamoDb
        .items()
        .filter(({ pk }) => !String(pk).startsWith('token#'))
        .map((item) => [`${item.pk} ${item.sk}`, JSON.stringify(item)] as const),
      ['an event', JSON.stringify(announced)] as const,
      ['a mail', mails.join('\n')] as const,
    ];
    const all = written.map(([, text]) => text).join('\n');
    const seen = tokens.all.filter((token) => all.includes(token));
    return seen.map((token) => `a token stands in ${written.find(([, text]) => text.includes(token))?.[0]}`);
  },
};
