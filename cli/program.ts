// The commands with their parameters and help; each ends in a report.
import { Command } from 'commander';
import { DEFAULT_STACK_NAME } from '../client/deployed-stack.ts';
import { type CancelFlags, cancel } from './commands/cancel.ts';
import { type DeployFlags, deploy } from './commands/deploy.ts';
import { lease } from './commands/lease.ts';
import { outcome } from './commands/outcome.ts';
import { type PlanFlags, plan } from './commands/plan.ts';
import { releases } from './commands/releases.ts';
import { type RetireFlags, retire } from './commands/retire.ts';
import { type RollbackFlags, rollback } from './commands/rollback.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { validate } from './commands/validate.ts';
import { watch } from './commands/watch.ts';
import type { Report } from './terminal/report.ts';
import type { ActionFlags } from './terminal/start-action.ts';

const STATUSES = `
Exit status: 0 deployed, unchanged, retired or cancelled, 1 rejected, rolled back or in need of attention, 3 superseded by a newer upload,
2 the command itself could not be carried out. Credentials and region are those of the AWS SDK: AWS_PROFILE, AWS_REGION ...`;

const PLAN_STATUSES = `
Exit status: 0 the rollout can be carried out, or has nothing to do, 1 it would be rejected, 2 there is no plan: wrong usage, something
may not be read, or the endpoint is busy.`;

const ROLLOUT = "an execution's ARN or name, or an upload's key: models/<endpoint>/<version>/model.tar.gz";

/** @param onReport told what the command came to, with whether JSON was asked for */
export function program(onReport: (report: Report, flags: { json?: true }) => void): Command {
  const cli = new Command('npm run cli --')
    .description('Uploads models, plans and starts rollouts, rollbacks and retirements, cancels and follows them.')
    .addHelpText('after', STATUSES);
  const command = (usage: string, description: string) =>
    cli
      .command(usage)
      .description(description)
      .option('--json', 'one JSON object on stdout, progress on stderr (npm run --silent cli -- ...)');
  const onStack = (usage: string, description: string) =>
    command(usage, description).option(
      '--stack <name>',
      'the CloudFormation stack of the deployer',
      DEFAULT_STACK_NAME,
    );

  onStack('deploy', 'upload a model; its rollout starts by itself')
    .argument('<model.tar.gz>')
    .requiredOption('--endpoint <name>', 'the endpoint that shall serve it')
    .requiredOption('--version <name>', 'a name for this version of the model')
    .option('--variant <name>', 'of an endpoint with several variants: the one that it is for')
    .option('--watch', 'follow the rollout to its end')
    .action(async (file: string, flags: DeployFlags) => onReport(await deploy(file, flags), flags));
  onStack('start', 'start a rollout from a request, for example of new settings')
    .argument('<request.json>', 'a file, or - for stdin')
    .option('--name <id>', "the rollout's id; the same one with the same request starts nothing more")
    .option('--watch', 'follow the rollout to its end')
    .action(async (file: string, flags: ActionFlags) => onReport(await start(file, flags), flags));
  onStack('plan', 'say what a rollout would make, change and remove; nothing is changed')
    .argument('<file>', 'request.json, - for one on stdin, or a model.tar.gz on this machine')
    .option('--endpoint <name>', 'of an archive: its endpoint; of a JSON file: whose manifest it would be')
    .option('--version <name>', 'of an archive: its version')
    .option('--variant <name>', 'of an archive: the one of several variants that it is for')
    .option('--manifest <rollout.json>', 'of an archive: the manifest that would be written before it')
    .option('--prices <prices.json>', 'prices of an instance and hour: {"currency": "USD", "<instance type>": 1}')
    .addHelpText('after', PLAN_STATUSES)
    .action(async (file: string, flags: PlanFlags) => onReport(await plan(file, flags), flags));
  onStack('rollback', 'put an earlier release back, with the settings that it had')
    .argument('<endpoint>')
    .option(
      '--to <rollout>',
      'the release of this rollout (see releases); default: the newest with another model than serves now',
    )
    .option('--verification <where>', 'candidate: on an endpoint of its own first; default: live')
    .option('--name <id>', "the rollback's id; the same one starts nothing more")
    .option('--watch', 'follow it to its end')
    .action(async (endpoint: string, flags: RollbackFlags) => onReport(await rollback(endpoint, flags), flags));
  onStack('retire', 'delete an endpoint with its scaling, configurations, models and artifacts')
    .argument('<endpoint>')
    .option('--yes', 'really')
    .option('--name <id>', "the retirement's id; the same one starts nothing more")
    .option('--watch', 'follow it to its end')
    .action(async (endpoint: string, flags: RetireFlags) => onReport(await retire(endpoint, flags), flags));
  onStack('cancel', 'end a rollout that is not live yet: it rolls back, or leaves the queue')
    .argument('<rollout>', ROLLOUT)
    .option('--endpoint <name>', 'the endpoint that it is about; default: as its execution says')
    .option('--name <id>', "the cancellation's id; the same one starts nothing more")
    .option('--watch', 'follow it to its end')
    .action(async (rollout: string, flags: CancelFlags) => onReport(await cancel(rollout, flags), flags));
  onStack('watch', 'follow a rollout to its end')
    .argument('<rollout>', ROLLOUT)
    .action(async (rollout: string, flags) => onReport(await watch(rollout, flags), flags));
  onStack('outcome', 'how a rollout ended')
    .argument('<rollout>', ROLLOUT)
    .action(async (rollout: string, flags) => onReport(await outcome(rollout, flags), flags));
  onStack('status', 'what serves at an endpoint, with the share of each variant, and who changes it')
    .argument('<endpoint>')
    .action(async (endpoint: string, flags) => onReport(await status(endpoint, flags), flags));
  onStack('releases', 'what was released to an endpoint, the newest first')
    .argument('<endpoint>')
    .action(async (endpoint: string, flags) => onReport(await releases(endpoint, flags), flags));
  onStack('lease', 'who changes an endpoint now, and who waits for it')
    .argument('<endpoint>')
    .action(async (endpoint: string, flags) => onReport(await lease(endpoint, flags), flags));
  command('validate', 'check a request or a manifest, without AWS')
    .argument('<rollout.json>', 'a file, or - for stdin')
    .action(async (file: string, flags) => onReport(await validate(file), flags));
  return cli;
}
