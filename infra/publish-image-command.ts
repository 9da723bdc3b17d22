// `npm run image:publish`
import { spawn } from 'node:child_process';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { Command } from 'commander';
import { describeImage } from './describe-image.ts';
import { publishImage } from './publish-image.ts';
import { SERVING_IMAGE_DIRECTORY, type ServingImageTarget, servingImageTag } from './serving-image-tag.ts';
import { DEFAULT_STACK_NAME, stackOutputs } from './stack-outputs.ts';

const command = new Command('image:publish')
  .description(
    'Builds the serving image for linux/amd64 with Docker, pushes it to the repository of the deployed stack, and ' +
      'checks that SageMaker can take it. Does nothing when it is there already.',
  )
  .option('--stack <name>', 'the deployed stack', DEFAULT_STACK_NAME)
  .parse();
const { stack: stackName } = command.opts<{ stack: string }>();

try {
  const ecr = new ECRClient();
  const outputs = await stackOutputs(new CloudFormationClient(), stackName);
  const target = outputs.ServingImageTarget as ServingImageTarget;
  const { digest } = await publishImage({
    repositoryUri: outputs.RepositoryUri!,
    stackTag: outputs.ServingImageTag!,
    sourceTag: servingImageTag(target),
    target,
    sourceDirectory: SERVING_IMAGE_DIRECTORY,
    describe: (repositoryName, tag) => describeImage(ecr, repositoryName, tag),
    password: () => password(ecr),
    docker,
    tell: (line) => console.log(line),
  });
  console.log(`published ${outputs.RepositoryUri}@${digest}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
async function password(ecr: ECRClient): Promise<string> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const token = authorizationData?.[0]?.authorizationToken ?? '';
  return Buffer.from(token, 'base64').toString().replace(/^AWS:/, '');
}

function docker(parameters: string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const process_ = spawn('docker', parameters, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    process_.stderr.on('data', (chunk: Buffer) => {
      if (parameters[1] === 'build') process.stderr.write(chunk);
      said = (said + chunk).slice(-2000);
    });
    process_.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error('There is no docker on the PATH.') : error),
    );
    process_.on('close', (status) =>
      status === 0
        ? resolve()
        : reject(new Error(`docker ${parameters[0]} ended with status ${status}: ${said.trim()}`)),
    );
    // It may have ended before it read its input.
    process_.stdin.on('error', () => {});
    process_.stdin.end(input);
  });
}
