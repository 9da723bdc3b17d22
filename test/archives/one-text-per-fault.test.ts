// What is no archive is refused by the command line before the upload, and by the inspection after it, in the same words.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkArchive } from '../../client/upload-archive.ts';
import { problemsOf } from './inspect.ts';
import { archiveOf, tarOf } from './tar-by-hand.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'model.tar.gz');
const target = { endpointName: 'iris', version: 'v1' };
const model = { path: 'model.pkl', content: 'a model' };

test.each<[string, Buffer, string]>([
  ['nothing', Buffer.alloc(0), 'The archive is empty: it has 0 bytes. Make it with'],
  ['one byte', Buffer.from([0x1f]), 'The archive is truncated'],
  ['a zip', Buffer.from('504b03041400', 'hex'), 'It is not a gzip file. It is a zip archive. Make it with'],
  ['a pickle', Buffer.from('80049503', 'hex'), 'It is not a gzip file. It is a pickle. Make it with'],
  ['what joblib compressed', Buffer.from('789c7d53', 'hex'), 'It is not a gzip file. It is a pickle that joblib'],
  ['a bare tar', tarOf(model), 'It is not a gzip file. It is a tar archive that is not compressed. Make it with'],
  ['a page', Buffer.from('<!DOCTYPE html>'), 'It is not a gzip file. It is a page or a message that was downloaded'],
  ['a pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'It is not a gzip file. It is a pointer'],
  ['text', Buffer.from('hello'), 'It is not a gzip file. Make it with: tar -czf model.tar.gz -C <folder> .'],
])('%s', async (_name, bytes, told) => {
  writeFileSync(file, bytes);
  const [problem] = await problemsOf(bytes);
  expect(problem).toMatch(`model.tar.gz: ${told}`);
  const text = problem!.slice('model.tar.gz: '.length);
  await expect(checkArchive(file, target)).rejects.toThrow(`${file}: ${text}`);
});

test('an archive is none of these', async () => {
  const bytes = archiveOf(model);
  writeFileSync(file, bytes);
  expect(await checkArchive(file, target)).toEqual({ key: 'models/iris/v1/model.tar.gz', size: bytes.length });
});
