// GitHub's workflow runs what .ci/run runs, with actions that nobody can change afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const folder = '.github/workflows';
const workflows = readdirSync(join(ROOT, folder)).map((file) => read(join(folder, file)));
const commandsOf = (text: string) =>
  [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name);

test('every check of .ci/run is there', () => {
  expect(workflows.flatMap(commandsOf).sort()).toEqual(commandsOf(read('.ci/run')).sort());
});

test('every folder of tests that needs the local cloud is left to the job that has it, and run there', () => {
  const [folders] = workflows.flatMap((text) =>
    [...text.matchAll(/--testPathIgnorePatterns (.*)/g)].map(([, all]) => all),
  );
  expect(workflows.join()).toContain(`npm test -- ${folders}\n`);
});

test('actions are pinned by commit, with the version beside it, and nothing may be written', () => {
  const uses = workflows.flatMap((text) => [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action!));
  expect(uses.length).toBeGreaterThan(0);
  for (const action of uses) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40} # v[\d.]+$/);
  for (const text of workflows) expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
});
