// AWS in process: real SDK clients serialize, sign and deserialize; a test gives the answers and sees the calls.

export interface Call {
  /** For example `BatchGetImage`. */
  operation: string;
  input: Record<string, unknown>;
}

/** An error as AWS answers it. */
export class Refusal {
  readonly name: string;
  readonly status: number;
  readonly members: object;

  constructor(name: string, status = 400, members: object = {}) {
    this.name = name;
    this.status = status;
    this.members = members;
  }
}

interface Request {
  headers: Record<string, string>;
  body?: unknown;
}

/** Client options. `answer` returns the operation's output, or throws a `Refusal`. */
export function sdkAnswers(answer: (call: Call) => object) {
  const calls: Call[] = [];
  const handle = async (request: Request) => {
    const call = parsed(request);
    calls.push(call);
    try {
      return { response: respond(request, 200, answer(call), call.operation) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { response: respond(request, error.status, { __type: error.name, ...error.members }, null) };
    }
  };
  return {
    calls,
    options: {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
      // Nobody looks at a signature here.
      signer: { sign: async <T>(request: T) => request },
      requestHandler: { handle },
    },
  };
}

const isQuery = ({ headers }: Request) => headers['content-type']?.includes('urlencoded') === true;

function parsed(request: Request): Call {
  const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body as Uint8Array);
  if (!isQuery(request)) {
    return { operation: request.headers['x-amz-target']!.split('.').at(-1)!, input: JSON.parse(text) };
  }
  const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(text));
  return { operation: Action, input };
}

function respond(request: Request, statusCode: number, output: object, operation: string | null) {
  const body = isQuery(request)
    ? operation === null
      ? `<ErrorResponse><Error><Code>${(output as { __type: string }).__type}</Code><Message>m</Message></Error></ErrorResponse>`
      : `<${operation}Response><${operation}Result/></${operation}Response>`
    : JSON.stringify(output);
  const headers = { 'content-type': request.headers['content-type'] ?? '', 'x-amzn-requestid': 'r' };
  return { statusCode, headers, body: Buffer.from(body) };
}
