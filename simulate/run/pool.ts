// Plays jobs in several processes; each gets the next one as soon as it has answered.
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Answer, Job } from './job.ts';

/** Rejects where a process ends before it has answered. */
export async function playJobs(
  jobs: readonly Job[],
  processes: number,
  watch: (answer: Answer) => void,
): Promise<Answer[]> {
  const waiting = [...jobs];
  const answers: Answer[] = [];
  const workers: ChildProcess[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(path.join(import.meta.dirname, 'worker.ts'), {
        // Most objects live as long as one scenario: with room for them a run takes a tenth less.
        execArgv: ['--max-old-space-size=4096', '--max-semi-space-size=128', '--no-parallel-scavenge'],
      });
      workers.push(worker);
      const next = () => {
        const job = waiting.shift();
        if (job !== undefined) return void worker.send(job);
        worker.disconnect();
        resolve();
      };
      worker.on('message', (answer: Answer) => {
        watch(answer);
        if (answer.kind === 'progress') return;
        if (answer.kind === 'failed') return reject(new Error(answer.message));
        answers.push(answer);
        next();
      });
      worker.on('exit', (code) => reject(new Error(`A process of the simulation ended with ${code}.`)));
      worker.on('error', reject);
      next();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, work));
  } finally {
    for (const worker of workers) if (worker.exitCode === null && worker.connected) worker.kill();
  }
  return answers;
}
