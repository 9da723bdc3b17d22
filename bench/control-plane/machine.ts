// What the benchmark ran on, and how busy that was meanwhile.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Load {
  /** Of all cores, by all processes of the machine; 1 is all of them. */
  cpuShare: number;
  /** Of the last minute, at the end. */
  loadAverage: number;
  /** 99 % of the moments the process that answers all calls was later than this, in milliseconds. */
  eventLoopDelayP99Milliseconds: number;
}

export const describeMachine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
});

/** Starts to measure; the returned function ends it. */
export function measureLoad(): () => Load {
  const before = cpuTimes();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return () => {
    delay.disable();
    const after = cpuTimes();
    return {
      cpuShare: round((after.busy - before.busy) / (after.all - before.all)),
      loadAverage: round(loadavg()[0]!),
      // It samples with a timer of 10 ms, which it counts in.
      eventLoopDelayP99Milliseconds: round(Math.max(0, delay.percentile(99) / 1e6 - 10)),
    };
  };
}

function cpuTimes(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

const round = (value: number) => Math.round(value * 100) / 100;
