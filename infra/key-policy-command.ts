// `npm run key-policy`
import { Command } from 'commander';
import { keyPolicy } from './key-policy.ts';
import { DEFAULT_STACK_NAME } from './stack-outputs.ts';

const command = new Command('key-policy')
  .description(
    'Prints the policy of a customer managed key for the stack, as JSON for aws kms create-key --policy. Calls nothing: ' +
      'the stack need not be deployed.',
  )
  .requiredOption('--account <id>', 'account of stack and key, 12 digits')
  .requiredOption('--region <region>', 'region of stack and key')
  .option('--stack <name>', 'the stack', DEFAULT_STACK_NAME)
  .parse();
const { account, region, stack } = command.opts<{ account: string; region: string; stack: string }>();
if (!/^\d{12}$/.test(account)) command.error(`error: --account must have 12 digits, found ${account}`);
if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) command.error(`error: --region must look like eu-west-1, found ${region}`);
console.log(JSON.stringify(keyPolicy({ account, region, stackName: stack }), null, 2));
