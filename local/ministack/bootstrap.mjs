// A Lambda runtime for the local cloud: what MiniStack's own Node workers do not do is pass on the names of errors.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { _HANDLER, LAMBDA_TASK_ROOT, AWS_LAMBDA_RUNTIME_API, AWS_LAMBDA_FUNCTION_NAME } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

async function loadHandler() {
  const [file, name] = _HANDLER.split(/\.(?=[^.]+$)/);
  const path = ['.mjs', '.js', '.cjs'].map((suffix) => join(LAMBDA_TASK_ROOT, file + suffix)).find(existsSync);
  if (!path) throw new Error(`No module for the handler ${_HANDLER}.`);
  const loaded = await import(pathToFileURL(path).href);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function') throw new Error(`${path} exports no function ${name}.`);
  return handler;
}

/** As AWS's Node runtime reports it; also to the log, where a person looks for it. */
function report(error, requestId) {
  const known = error instanceof Error;
  const { name, message, stack } = known ? error : { name: 'Error', message: String(error), stack: '' };
  const description = { errorType: name, errorMessage: message, trace: stack ? stack.split('\n') : [] };
  const line = { ...description, stack: description.trace };
  delete line.trace;
  console.error(
    `${new Date().toISOString()}\t${requestId ?? 'undefined'}\tERROR\tInvoke Error \t${JSON.stringify(line)}`,
  );
  return JSON.stringify(description);
}

const post = (path, body) => fetch(`${api}/${path}`, { method: 'POST', body });

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await post('init/error', report(error));
  process.exit(1);
}

for (;;) {
  let event;
  try {
    event = await fetch(`${api}/invocation/next`);
  } catch {
    process.exit(0); // The Runtime API is gone, and with it the environment.
  }
  const requestId = event.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(event.headers.get('lambda-runtime-deadline-ms'));
  process.env._X_AMZN_TRACE_ID = event.headers.get('lambda-runtime-trace-id') ?? '';
  const context = {
    awsRequestId: requestId,
    invokedFunctionArn: event.headers.get('lambda-runtime-invoked-function-arn'),
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(await event.json(), context);
    await post(`invocation/${requestId}/response`, JSON.stringify(result) ?? 'null');
  } catch (error) {
    await post(`invocation/${requestId}/error`, report(error, requestId));
  }
}
