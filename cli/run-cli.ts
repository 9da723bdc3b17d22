// Runs one command line and returns its exit status.
import type { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import { asRefusal, Refusal } from '../client/refusal.ts';
import { program } from './program.ts';
import { exitStatus } from './terminal/exit-status.ts';

interface Streams {
  stdout: Writable;
  stderr: Writable;
}

/** @param parameters the words after the command's name */
export async function runCli(parameters: string[], { stdout, stderr }: Streams = process): Promise<number> {
  let status: number = exitStatus.ok;
  const cli = program((report, { json }) => {
    status = report.status;
    stdout.write(`${json ? JSON.stringify(report.json) : report.text}\n`);
  });
  for (const each of [cli, ...cli.commands]) {
    each.exitOverride();
    each.configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  }
  try {
    await cli.parseAsync(parameters, { from: 'user' });
    return status;
  } catch (error) {
    // Help that was asked for is an error to commander too, with the status 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.refused;
    const refusal = asRefusal(error);
    const { name, message, stack } = refusal as Error;
    stderr.write(`${refusal instanceof Refusal ? message : stack}\n`);
    if (parameters.includes('--json')) stdout.write(`${JSON.stringify({ error: name, cause: message })}\n`);
    return exitStatus.refused;
  }
}
