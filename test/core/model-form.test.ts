// The deployer and the serving image tell a model by the same rule, whatever it is called: asked of both, for any bytes.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { HEAD_BYTES } from '../../lambdas/core/archive/first-bytes.ts';
import { modelForm } from '../../lambdas/core/archive/model-form.ts';

const PROGRAM = `
import json, sys
from inference_server.model_form import HEAD_BYTES, model_form
asked = json.load(sys.stdin)
print(json.dumps([HEAD_BYTES, [model_form(name, bytes.fromhex(head)) for name, head in asked]]))
`;

/** As libraries write them: xgboost 3.1, lightgbm 4.7, joblib 1.6, skops 0.13, skl2onnx 1.20, torch before 1.6. */
const beginnings = [
  '7b226c6561726e6572223a7b', // {"learner":{
  '7b0a20226c6561726e657222203a', // the same, indented
  '7b226e616d65223a22', // {"name":"
  '7b4c00000000000000076c6561726e65727b4c', // UBJSON
  '7b4c000000000000000a6c6561726e65727b4c', // the same, of another key that begins so
  '747265650a76657273696f6e3d', // LightGBM
  '747265650d0a76657273696f6e3d',
  '7472656573', // trees
  '8002637368',
  '80048c1e',
  '80059500',
  '8001',
  '8006',
  '80028a0a6cfc9c46f9206aa850192e', // torch
  '1f8b0800',
  '785e7d53',
  '7801',
  '789c',
  '78da',
  '7861',
  '425a683931',
  'fd377a585a0000',
  '5d00004000ff',
  '504b030414',
  '080a1208736b6c326f6e6e78', // ONNX
  '080e3a3b0a10',
  '08ff01',
  '',
];
const names = [
  ...['model.json', 'model.pkl.gz', 'a.PKL', 'b.pickle', 'c.sav', 'd.joblib.xz', 'e.joblib.z', 'f.pkl.gz.gz'],
  ...['g.skops', 'h.SKOPS', 'i.onnx', 'j.bin', 'k', '.pkl', 'l.pkl\n', 'm.pkl ', 'ſ.ſav', 'xgboost-model'],
];

test('is the same in both languages', () => {
  const head = fc.oneof(
    fc.constantFrom(...beginnings),
    fc.tuple(fc.constantFrom(...beginnings), fc.nat(40), fc.nat(255)).map(([hex, at, value]) => {
      const bytes = Buffer.from(hex, 'hex');
      if (at < bytes.length) bytes[at] = value;
      return bytes.toString('hex');
    }),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  );
  const name = fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 12 }));
  const asked = [
    ...names.flatMap((each) => beginnings.map((hex) => [each, hex] as [string, string])),
    ...fc.sample(fc.tuple(name, head), 5000),
  ].map(([each, hex]): [string, string] => [each.toWellFormed(), hex]);
  const answer = execFileSync('python3', ['-c', PROGRAM], {
    cwd: join(import.meta.dirname, '../../serving-image'),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    input: JSON.stringify(asked),
    maxBuffer: 2 ** 24,
  });
  const [headBytes, forms] = JSON.parse(answer.toString()) as [number, (string | null)[]];
  expect(headBytes).toBe(HEAD_BYTES);
  expect(asked.map(([each, hex]) => modelForm(each, Buffer.from(hex, 'hex')))).toEqual(forms);
  expect(new Set(forms).size).toBe(7);
});
