// An image in a container where it may write nothing, reach nobody and use little memory.
import { type Check, goldenProblems, inContainer, whenReady } from '../check.ts';
import type { Container } from '../container.ts';

const WRITE_EVERYWHERE = `
import os
for folder in ("/", "/opt/inference", "/opt/venv", "/opt/ml/model", "/var", "/home"):
    try:
        open(os.path.join(folder, "written"), "w").close()
        print(folder)
    except OSError:
        pass
`;
const REACH_OUT = `
import socket
for address in ("1.1.1.1", "169.254.169.254"):
    try:
        socket.create_connection((address, 80), timeout=2).close()
        print(address)
    except OSError:
        pass
`;

export const confinement: readonly Check[] = [
  {
    name: 'root and model are read-only',
    run: (subject) =>
      inContainer(
        subject,
        { user: '0:0' },
        whenReady((container) => printed(container, WRITE_EVERYWHERE, 'wrote to')),
      ),
  },
  {
    name: 'no network',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady((container) => printed(container, REACH_OUT, 'reached')),
      ),
  },
  {
    name: 'memory limit of 256 MB',
    run: (subject) =>
      inContainer(
        subject,
        { memory: '256m' },
        whenReady(async (container) => [
          ...(await goldenProblems(container, subject.models)),
          ...(await memoryProblems(container)),
        ]),
      ),
  },
  {
    name: 'memory limit of 1 GB, the least of serverless endpoints, under the largest bodies',
    run: (subject) =>
      inContainer(
        subject,
        { memory: '1g' },
        whenReady(async (container) => {
          const rows = { path: '/invocations', contentType: 'text/csv', body: '5.1,3.5,1.4,0.2\n' };
          // 16 bytes a row: just below 6 MiB, and above.
          const answers = await container.ask([390_000, 390_000, 400_000].map((times) => ({ ...rows, times })));
          const statuses = answers.map(({ status }) => status).join(' ');
          return [
            ...(statuses === '200 200 413' ? [] : [`it answered ${statuses}`]),
            ...(await goldenProblems(container, subject.models)),
            ...(await memoryProblems(container)),
          ];
        }),
      ),
  },
];

/** Whether the kernel ended a process for its memory, the server or one of its workers. */
async function memoryProblems(container: Container): Promise<string[]> {
  const killed = (await container.inspect('{{.State.OOMKilled}}')) === 'true';
  const log = await container.log();
  return [...(killed ? ['it was killed'] : []), ...(/ died: .*/.exec(log) ?? [])];
}

/** Each line that a program in the container prints is a problem. */
async function printed(container: Container, program: string, prefix: string): Promise<string[]> {
  const { status, stdout, stderr } = await container.execute(['-c', program]);
  if (status !== 0) return [`the program that looks ended with status ${status}: ${stderr.slice(-500)}`];
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => `${prefix} ${line}`);
}
