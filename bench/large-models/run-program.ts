// A program that is waited for: what it says is told where it fails.
import { spawn } from 'node:child_process';

/** @throws with the last lines that it wrote */
export function run(
  command: string,
  parameters: string[],
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = `${output}${chunk}`.slice(-2000);
      });
    }
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${parameters[0]} ended with ${code}: ${output.trim().slice(-500)}`)),
    );
  });
}
