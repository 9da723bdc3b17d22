// The AWS CLI in one process, for tests with many commands.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonProgram } from './python.ts';

export interface AwsCli {
  /** @returns the command's JSON. @throws with what it wrote to stderr when it fails */
  aws(...parameters: string[]): Promise<Record<string, unknown> | undefined>;
  end(): Promise<void>;
}

export function awsCli(env: NodeJS.ProcessEnv): AwsCli {
  const program = join(import.meta.dirname, 'fixtures', 'aws_cli.py');
  const child = spawn(pythonProgram('python'), [program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async aws(...parameters) {
      child.stdin.write(`${JSON.stringify([...parameters, '--output', 'json'])}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`The AWS CLI ended at: aws ${parameters.join(' ')}`);
      const { status, stdout, stderr } = JSON.parse(value) as { status: number; stdout: string; stderr: string };
      if (status !== 0) throw new Error(`aws ${parameters.join(' ')} ended with ${status}: ${stderr}`);
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
