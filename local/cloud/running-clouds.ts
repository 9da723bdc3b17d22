// Lets other commands of this checkout find the clouds that `npm run cloud` keeps up.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudEnvironment } from './cloud-environment.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', '.cache', 'clouds');

export interface RunningCloud {
  pid: number;
  startedAt: string;
  env: CloudEnvironment;
  outputs: Record<string, Record<string, string>>;
}

/** Announces a cloud of this process; returns what takes the announcement back. */
export function announceCloud(cloud: Pick<RunningCloud, 'env' | 'outputs'>): () => void {
  mkdirSync(DIRECTORY, { recursive: true });
  const file = join(DIRECTORY, `${process.pid}.json`);
  const running: RunningCloud = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    env: cloud.env,
    outputs: cloud.outputs,
  };
  writeFileSync(file, JSON.stringify(running));
  return () => rmSync(file, { force: true });
}

/** The clouds whose process lives, newest first; announcements of dead ones are removed. */
export function runningClouds(): RunningCloud[] {
  let names: string[] = [];
  try {
    names = readdirSync(DIRECTORY);
  } catch {
    // No cloud was ever kept up in this checkout.
  }
  const clouds = names.map((name) => {
    const cloud = JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8')) as RunningCloud;
    if (isAlive(cloud.pid)) return cloud;
    rmSync(join(DIRECTORY, name), { force: true });
    return undefined;
  });
  return clouds.filter((cloud) => cloud !== undefined).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
