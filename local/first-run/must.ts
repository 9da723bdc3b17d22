// The first run shows nothing that it does not check.

/** What was shown is not as it must be: the message says what was expected and what was found. */
export class NotAsItMustBe extends Error {
  override readonly name = 'NotAsItMustBe';
}

/** @throws NotAsItMustBe unless `found` equals `expected`, compared as JSON */
export function mustBe(what: string, found: unknown, expected: unknown): void {
  const [is, shall] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== shall) throw new NotAsItMustBe(`${what} must be ${shall}, and is ${is}.`);
}
