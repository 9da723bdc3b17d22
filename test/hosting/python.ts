/** The Python that has boto3, the AWS CLI and AWS's service models; made from test/requirements.txt. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', '..', '.venv', 'test', 'bin');

/** Path of a program in .venv/test; throws where that was not made. */
export function pythonProgram(name: 'python' | 'aws'): string {
  const path = join(bin, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run npm test, which prepares it`);
  return path;
}
