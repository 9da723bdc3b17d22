// What an image must do, one check each: a name, and what is wrong when it does not.
import { goldenMismatches } from '../../lambdas/core/canary/golden-match.ts';
import { Container, type ContainerOptions } from './container.ts';
import type { Engine } from './engine.ts';
import { configProblems, healthCheck, type ImageConfig } from './image-config.ts';
import type { Models } from './models.ts';
import { type Installed, sbomProblems } from './sbom.ts';

export type Target = 'lite' | 'full';

export interface Subject {
  engine: Engine;
  target: Target;
  image: string;
  config: ImageConfig;
  models: Models;
}

export interface Check {
  name: string;
  /** Default: both. */
  target?: Target;
  /** Empty: passed. What is thrown is a problem, too. */
  run(subject: Subject): Promise<string[]>;
}

/** Of `lite`, unpacked, its base included. */
const LITE_BYTES = 200e6;
const TOOLS = ['pip', 'pip3', 'gcc', 'cc', 'c++', 'make', 'ld', 'curl', 'wget', 'git'];
const ANOTHER_USER = '4242:4243';

const LIST_TOOLS = `
import importlib.util, json, os, sys
tools = json.load(sys.stdin)
folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/opt/venv/bin"]
found = [f"{folder}/{tool}" for folder in folders for tool in tools if os.path.exists(f"{folder}/{tool}")]
print(json.dumps(found + [f"the module {name}" for name in ("pip", "ensurepip") if importlib.util.find_spec(name)]))
`;
const LIST_PARTS = `
import importlib.metadata, json
from pathlib import Path
packages = {}
for paragraph in Path("/var/lib/dpkg/status").read_text().split("\\n\\n"):
    fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
    if fields.get("Status", "").endswith(" installed"):
        packages[fields["Package"]] = fields["Version"]
python = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions() if "/opt/venv/" in str(d.locate_file(""))}
print(json.dumps({"python": python, "debian": packages}))
`;
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

/** A container for the length of one check. */
async function inContainer(
  { engine, image, models }: Subject,
  options: Partial<ContainerOptions>,
  look: (container: Container) => Promise<string[]>,
): Promise<string[]> {
  const container = await Container.start(engine, image, { modelDirectory: models.covered, ...options });
  try {
    return await look(container);
  } finally {
    await container.remove();
  }
}

const whenReady = (look: (container: Container) => Promise<string[]>) => async (container: Container) => {
  await container.untilReady();
  return look(container);
};

async function goldenProblems(container: Container, { goldenCases }: Models): Promise<string[]> {
  const questions = goldenCases.map(({ request: { body, contentType } }) => ({
    path: '/invocations',
    contentType,
    body: typeof body === 'string' && !contentType.includes('json') ? body : JSON.stringify(body),
  }));
  const answers = await container.ask(questions);
  return goldenCases.flatMap((golden, index) => {
    const answer = answers[index];
    const wrong = answer === undefined ? ['no answer'] : goldenMismatches(golden, answer);
    return wrong.map((problem) => `${golden.name}: ${problem}`);
  });
}

/** Whether the kernel ended a process for its memory, the server or one of its workers. */
async function memoryProblems(container: Container): Promise<string[]> {
  const killed = (await container.inspect('{{.State.OOMKilled}}')) === 'true';
  const log = await container.log();
  return [...(killed ? ['it was killed'] : []), ...(/ died: .*/.exec(log) ?? [])];
}

/** Each line that a program in the container prints is a problem. */
async function printed(container: Container, program: string, prefix: string, input = ''): Promise<string[]> {
  const { status, stdout, stderr } = await container.execute(['-c', program], input);
  if (status !== 0) return [`the program that looks ended with status ${status}: ${stderr.slice(-500)}`];
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => `${prefix} ${line}`);
}

export const CHECKS: readonly Check[] = [
  { name: 'format, user, entry point, labels', run: async ({ config }) => configProblems(config) },
  {
    name: 'at most 200 MB',
    target: 'lite',
    run: async ({ config: { Size } }) => (Size <= LITE_BYTES ? [] : [`it has ${Math.round(Size / 1e6)} MB`]),
  },
  {
    name: 'no pip, compiler or curl',
    run: (subject) =>
      inContainer(subject, {}, async (container) => {
        const { stdout, stderr } = await container.execute(['-c', LIST_TOOLS], JSON.stringify(TOOLS));
        if (stdout === '') return [stderr.slice(-500)];
        return (JSON.parse(stdout) as string[]).map((found) => `it has ${found}`);
      }),
  },
  {
    name: 'SBOM names every part',
    run: (subject) =>
      inContainer(subject, {}, async (container) => {
        const parts = await container.execute(['-c', LIST_PARTS]);
        if (parts.status !== 0) return [parts.stderr.slice(-500)];
        return sbomProblems(await readSbom(container), JSON.parse(parts.stdout) as Installed);
      }),
  },
  {
    name: 'serve: golden cases',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
  {
    name: 'serve as another user',
    run: (subject) =>
      inContainer(
        subject,
        { user: ANOTHER_USER },
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
  {
    name: 'serve as root',
    run: (subject) =>
      inContainer(
        subject,
        { user: '0:0' },
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
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
  {
    name: 'SIGTERM: ends with 0',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady(async (container) => {
          const { seconds, status } = await container.stop();
          const log = await container.log();
          return [
            ...(status === 0 ? [] : [`it ended with status ${status}`]),
            ...(seconds < 25 ? [] : [`it took ${seconds.toFixed(1)} s`]),
            ...(log.includes('stopped') ? [] : [`its log does not say that it stopped: ${log.slice(-500)}`]),
          ];
        }),
      ),
  },
  {
    name: 'health check tells ready from not ready',
    run: (subject) =>
      inContainer(
        subject,
        {},
        whenReady(async (container) => {
          const [, ...command] = healthCheck(subject.config);
          const check = (variables: string[]) =>
            subject.engine.run(['exec', ...variables.flatMap((each) => ['--env', each]), container.id, ...command]);
          const ready = await check([]);
          const nobody = await check(['SAGEMAKER_BIND_TO_PORT=9']);
          return [
            ...(ready.status === 0 ? [] : [`of a server that is ready it says ${ready.status}: ${ready.stderr}`]),
            ...(nobody.status === 1 ? [] : [`where nobody listens it says ${nobody.status}`]),
          ];
        }),
      ),
  },
  {
    name: 'a model that cannot be served ends it with 1',
    run: (subject) =>
      inContainer(subject, { modelDirectory: subject.models.empty }, async (container) => {
        const status = await container.untilEnded();
        const log = await container.log();
        return status === 1 && log.includes('cannot be served') ? [] : [`status ${status}: ${log.slice(-500)}`];
      }),
  },
  {
    name: 'scikit-learn serves what the server does not evaluate',
    target: 'full',
    run: (subject) =>
      inContainer(
        subject,
        { modelDirectory: subject.models.fallback },
        whenReady((container) => goldenProblems(container, subject.models)),
      ),
  },
  {
    name: 'without scikit-learn it says which target has it',
    target: 'lite',
    run: (subject) =>
      inContainer(subject, { modelDirectory: subject.models.fallback }, async (container) => {
        const status = await container.untilEnded();
        const log = await container.log();
        return status === 1 && log.includes('use the target full') ? [] : [`status ${status}: ${log.slice(-500)}`];
      }),
  },
  {
    name: "an author's code is refused without trust",
    run: (subject) =>
      inContainer(subject, { modelDirectory: subject.models.authors }, async (container) => {
        const status = await container.untilEnded();
        return status === 1 ? [] : [`status ${status}: ${(await container.log()).slice(-500)}`];
      }),
  },
  {
    name: "an author's code runs with trust, and has no sockets",
    run: (subject) =>
      inContainer(
        subject,
        {
          modelDirectory: subject.models.authors,
          environment: { SAGEMAKER_DEPLOYER_TRUST: subject.models.authorsDigest },
        },
        whenReady(async (container) => {
          const [answer] = await container.ask([{ path: '/invocations', body: '{"instances": [[21]]}' }]);
          return answer?.body.includes('42') ? [] : [`it answered ${answer?.status} ${answer?.body.slice(0, 200)}`];
        }),
      ),
  },
];

/** The list of parts, as it lies in the image. */
export async function readSbom(container: Container): Promise<string> {
  return (await container.execute(['-c', 'print(open("/opt/sbom.cdx.json").read())'])).stdout;
}
