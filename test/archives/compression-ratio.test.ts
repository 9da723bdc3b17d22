// Honest models may compress as well as nearly nothing else; the deployer and the serving image draw one line behind them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAXIMUM_COMPRESSION_RATIO, RATIO_COUNTS_FROM_BYTES } from '../../lambdas/core/archive/limits.ts';
import { problemsOf } from './inspect.ts';
import { archiveOf } from './tar-by-hand.ts';

jest.setTimeout(60_000);

/** As the nodes of trees whose weights are all alike: one number among many that repeat. */
function repetitive(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 12_288) content.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);
  return content;
}

test('a model of 680:1 is accepted, however large', async () => {
  const content = repetitive(RATIO_COUNTS_FROM_BYTES + 2 ** 23);
  const bytes = archiveOf({ path: 'model.pkl', content });
  const ratio = content.length / bytes.length;
  expect(ratio).toBeGreaterThan(600);
  expect(ratio).toBeLessThan(MAXIMUM_COMPRESSION_RATIO);
  expect(await problemsOf(bytes)).toEqual([]);
  expect(await problemsOf(bytes, { limits: { maximumUnpackedBytes: content.length } })).toEqual([
    expect.stringMatching(/the most this platform takes/),
  ]);
});

test('is the same in the serving image', () => {
  const path = join(import.meta.dirname, '../../serving-image/inference_server/pickles/decompress.py');
  const [, ratio] = /^SMALL_BYTES, MAX_RATIO = .*, (\d+)$/m.exec(readFileSync(path, 'utf8'))!;
  expect(Number(ratio)).toBe(MAXIMUM_COMPRESSION_RATIO);
});
