// Runs a command to its end, with its output in a file.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface RunOptions {
  cwd: string;
  env: Record<string, string | undefined>;
  logFile: string;
  /** Ends the command and all that it started. */
  signal?: AbortSignal;
}

/** @throws when it ends with anything but 0; the message holds the end of its output */
export async function run(command: string, parameters: string[], options: RunOptions): Promise<void> {
  const { cwd, env, logFile, signal } = options;
  signal?.throwIfAborted();
  const log = openSync(logFile, 'a');
  // detached: a process group, so that what the command starts can be ended with it.
  const child = spawn(command, parameters, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const abort = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  };
  signal?.addEventListener('abort', abort);
  const ending = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, killedBy) => resolve(code === 0 ? undefined : (killedBy ?? `exit status ${code}`)));
  });
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (ending === undefined) return;
  const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-30).join('\n');
  throw new Error(
    `${[command.split('/').at(-1), ...parameters].join(' ')} failed (${ending}):\n${tail}\nAll of it: ${logFile}`,
  );
}
