// A benchmark from its first line of progress to its end, or to a signal that ends it.
import { progress as startProgress } from '../cli/terminal/progress.ts';

export type Progress = ReturnType<typeof startProgress>;

/**
 * Rejects as `measure` does, but where a signal ended it: then the exit status is 130.
 *
 * @param stopped what a signal leaves no trace of
 */
export async function untilSignal(
  stopped: string,
  measure: (progress: Progress, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const progress = startProgress(process.stderr);
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    await measure(progress, ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    progress.under(null);
    console.error(`Ended by a signal; ${stopped} stopped.`);
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    progress.stop();
  }
}
