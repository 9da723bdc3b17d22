// What the documentation refers to is there: files, headings, commands, stack settings.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { StackSettingsSchema } from '../../infra/settings.ts';
import { anchors, documents, ROOT, read, withoutBlocks } from './markdown.ts';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const folders = 'bench|cli|docs|examples|infra|lambdas|local|scripts|serving-image|state-machine|test';

test('there are documents to look at', () => {
  expect(documents()).toEqual(expect.arrayContaining(['README.md', 'docs/how-it-works.md', 'docs/runbook.md']));
});

describe.each(documents())('%s', (file) => {
  const text = read(file);

  test('its links lead somewhere', () => {
    const broken = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? file : normalize(join(dirname(file), path));
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchors(read(target)).has(anchor);
      });
    expect(broken).toEqual([]);
  });

  test('the files that it names are there', () => {
    const named = [
      ...text.matchAll(new RegExp(`(?<![\\w/.-])((?:${folders})/[\\w./-]+\\.(?:ts|mjs|py|sh|json|md|txt))`, 'g')),
    ];
    const missing = named.map(([, path]) => path!).filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  test('the npm commands that it names are there', () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name!);
    if (/npm start/.test(text)) named.push('start');
    if (/npm test/.test(text)) named.push('test');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('the runbook names only settings that there are', () => {
  const camel = [...read('docs/runbook.md').matchAll(/`(servingImage\w+|maximum\w+|allowed\w+|endpointName\w+)`/g)];
  const known = Object.keys(StackSettingsSchema.shape);
  expect(camel.map(([, name]) => name!).filter((name) => !known.includes(name))).toEqual([]);
});
