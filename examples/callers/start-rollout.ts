// Starts a rollout from a TypeScript service and waits for its end.
// Usage: node examples/callers/start-rollout.ts request.json
import { readFileSync } from 'node:fs';
import { connect } from '../../client/client.ts';
import type { RolloutRequest } from '../../state-machine/contract/request.ts';

const [file = 'examples/callers/request.json'] = process.argv.slice(2);
const request = JSON.parse(readFileSync(file, 'utf8')) as RolloutRequest;

const deployer = await connect(process.env.STACK);
const { executionArn } = await deployer.startRollout(request);
console.error(executionArn);

const outcome = await deployer.outcome(executionArn);
console.log(JSON.stringify(outcome, null, 2));
process.exitCode = outcome?.succeeded ? 0 : 1;
