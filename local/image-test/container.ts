// One container of the image, as SageMaker runs it: `serve`, a model mounted read-only, and nothing that it does not need.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended, Engine } from './engine.ts';

export interface ContainerOptions {
  /** The unpacked archive. */
  modelDirectory: string;
  /** `uid:gid`; default: what the image says. */
  user?: string;
  memory?: string;
  environment?: Record<string, string>;
}

export interface Answer {
  status: number;
  body: string;
}
export interface Asked {
  path: string;
  /** A GET without one. */
  body?: string;
  contentType?: string;
}

// Inside the container, which has no network: JSON questions on stdin, JSON answers on stdout.
const ASK = `
import http.client, json, sys
answers = []
for question in json.load(sys.stdin):
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=60)
    body = question.get("body")
    body = body * question["times"] if "times" in question else body
    headers = {"content-type": question.get("contentType", "application/json")}
    try:
        connection.request("GET" if body is None else "POST", question["path"], None if body is None else body.encode(), headers)
        answer = connection.getresponse()
        answers.append({"status": answer.status, "body": answer.read().decode()[:100_000]})
    except OSError as error:
        answers.append({"status": 0, "body": str(error)})
json.dump(answers, sys.stdout)
`;
const PYTHON = '/opt/venv/bin/python3';
const READY_SECONDS = 60;

export class Container {
  readonly #engine: Engine;
  readonly id: string;
  constructor(engine: Engine, id: string) {
    this.#engine = engine;
    this.id = id;
  }

  static async start(engine: Engine, image: string, options: ContainerOptions): Promise<Container> {
    const { modelDirectory, user, memory = '1g', environment = {} } = options;
    const { status, stdout, stderr } = await engine.run([
      ...['run', '--detach', '--network', 'none', '--read-only', '--tmpfs', '/tmp'],
      ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--memory', memory],
      ...['--volume', `${modelDirectory}:/opt/ml/model:ro`],
      ...(user === undefined ? [] : ['--user', user]),
      ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...[image, 'serve'],
    ]);
    if (status !== 0) throw new Error(`The container does not start: ${stderr.trim()}`);
    return new Container(engine, stdout.trim().split('\n').at(-1)!);
  }

  /** Seconds until /ping answered 200. Throws with the log when it does not, or the container has ended. */
  async untilReady(): Promise<number> {
    const began = performance.now();
    while (performance.now() - began < READY_SECONDS * 1000) {
      if ((await this.ping()) === 200) return (performance.now() - began) / 1000;
      if (!(await this.inspect('{{.State.Running}}')).startsWith('true')) break;
      await sleep(100);
    }
    throw new Error(`It is not ready: ${(await this.log()).slice(-2000)}`);
  }

  async ping(): Promise<number> {
    return (await this.ask([{ path: '/ping' }]))[0]?.status ?? 0;
  }

  /** `times`: the body is sent so many times over, as one. */
  async ask(questions: readonly (Asked & { times?: number })[]): Promise<Answer[]> {
    const { status, stdout } = await this.execute(['-c', ASK], JSON.stringify(questions));
    return status === 0 ? JSON.parse(stdout) : [];
  }

  /** Runs the image's Python inside. */
  execute(parameters: readonly string[], input = ''): Promise<Ended> {
    return this.#engine.run(['exec', '--interactive', this.id, PYTHON, ...parameters], input);
  }

  async log(): Promise<string> {
    const { stdout, stderr } = await this.#engine.run(['logs', this.id]);
    return stdout + stderr;
  }

  async inspect(format: string): Promise<string> {
    return (await this.#engine.run(['inspect', '--format', format, this.id])).stdout.trim();
  }

  /** Waits until it has ended by itself; its exit status. */
  async untilEnded(seconds = 30): Promise<number> {
    const deadline = performance.now() + seconds * 1000;
    while ((await this.inspect('{{.State.Running}}')).startsWith('true')) {
      if (performance.now() > deadline) throw new Error(`It has not ended within ${seconds} s.`);
      await sleep(100);
    }
    return Number(await this.inspect('{{.State.ExitCode}}'));
  }

  /** SIGTERM, and SIGKILL after `seconds`; how long it took, and the exit status. */
  async stop(seconds = 30): Promise<{ seconds: number; status: number }> {
    const began = performance.now();
    await this.#engine.run(['stop', '--time', String(seconds), this.id]);
    return { seconds: (performance.now() - began) / 1000, status: Number(await this.inspect('{{.State.ExitCode}}')) };
  }

  async remove(): Promise<void> {
    await this.#engine.run(['rm', '--force', this.id]);
  }
}
