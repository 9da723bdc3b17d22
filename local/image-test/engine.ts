// What the image test needs of Docker or Podman, whose commands take the same parameters but for the build.
import { spawn } from 'node:child_process';

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

export interface Engine {
  readonly name: string;
  /** Builds one target, in Docker's format, under a tag. Rejects with the end of what the build said. */
  build(target: string, tag: string): Promise<void>;
  /** Runs `docker ...` or `podman ...` to its end, whatever that is. */
  run(parameters: readonly string[], input?: string): Promise<Ended>;
  /** Removes all that it made. */
  dispose(): Promise<void>;
}

/** Runs a command to its end, with all it says; a command that cannot be started ends with status 127. */
export function runCommand(
  command: string,
  parameters: readonly string[],
  { env = process.env, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { env, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.once('error', (error) => resolve({ status: 127, stdout, stderr: error.message }));
    child.once('close', (code) => resolve({ status: code ?? 128, stdout, stderr }));
    // It may have ended before it read its input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** @throws with the end of what it said, unless it ended with 0 */
export async function mustRun(...[command, parameters, options]: Parameters<typeof runCommand>): Promise<Ended> {
  const ended = await runCommand(command, parameters, options);
  if (ended.status === 0) return ended;
  const said = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-30).join('\n');
  throw new Error(`${[command, ...parameters].join(' ').slice(0, 200)} ended with status ${ended.status}:\n${said}`);
}
