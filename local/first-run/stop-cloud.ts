// Ends the cloud and looks whether anything of the first run is left.
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud } from '../cloud/cloud.ts';
import { descendants, isAlive } from './descendants.ts';
import { mustBe } from './must.ts';

/** Function workers end up to 2 s after MiniStack itself. */
const GRACE_MS = 5000;

/**
 * @param cloud undefined when it did not come up, and has stopped what had
 * @param list the processes that must end
 * @returns how many processes there were
 * @throws NotAsItMustBe when a process, a server or a file is left
 */
export async function stopCloud(cloud: Cloud | undefined, list = descendants): Promise<number> {
  const processes = await list();
  await cloud?.stop();
  const until = Date.now() + GRACE_MS;
  while (processes.some(isAlive) && Date.now() < until) await sleep(50);
  mustBe('The processes left running', processes.filter(isAlive), []);
  if (cloud === undefined) return processes.length;
  mustBe(`Whether ${cloud.directory} is left`, existsSync(cloud.directory), false);
  const answers = await listens(new URL(cloud.endpointUrl));
  mustBe(`Whether ${cloud.endpointUrl} still listens`, answers, false);
  return processes.length;
}

function listens({ hostname, port }: URL): Promise<boolean> {
  const socket = connect(Number(port), hostname);
  const answer = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  return answer.finally(() => socket.destroy());
}
