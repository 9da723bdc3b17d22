// Starts a rollout from a TypeScript service and waits for its end. Exit status: 0 done, 3 superseded, 1 anything else.
// Usage: npm run --silent example -- request.json
import { readFileSync } from 'node:fs';
import { connect } from '../../client/client.ts';
import { isDone } from '../../client/is-done.ts';
import type { RolloutRequest } from '../../state-machine/contract/request.ts';

const [file = 'examples/callers/request.json'] = process.argv.slice(2);
const request = JSON.parse(readFileSync(file, 'utf8')) as RolloutRequest;

const deployer = await connect(process.env.STACK);
const { executionArn } = await deployer.startRollout(request);
console.error(executionArn);

const outcome = await deployer.outcome(executionArn);
console.log(JSON.stringify(outcome, null, 2));
// Of one that was superseded the execution SUCCEEDED too, but its model does not serve: `successor` is the one to wait for.
process.exitCode = isDone(outcome) ? 0 : outcome?.outcome === 'superseded' ? 3 : 1;
