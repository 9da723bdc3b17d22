// The processes that this one started, and those that they started.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Process ids, this process not among them. */
export async function descendants(): Promise<number[]> {
  const asking = promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const { stdout } = await asking;
  const children = new Map<number, number[]>();
  for (const line of stdout.trim().split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number) as [number, number];
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const under = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...under(child)]);
  return under(process.pid).filter((pid) => pid !== asking.child.pid);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
