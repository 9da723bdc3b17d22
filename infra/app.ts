// The CDK app: `cdk synth`, `cdk deploy`. Context: `stackName`, `settings`.
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildBundles } from './bundles.ts';
import { DeployerStack } from './deployer-stack.ts';
import { type StackSettings, stackSettings, WrongSettings } from './settings.ts';
import { trialPackage } from './trial-package.ts';

const app = new App();
const settings = settingsOrExit();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new DeployerStack(app, app.node.tryGetContext('stackName') ?? 'SageMakerDeployer', {
  settings,
  // In the output folder, which every run has to itself.
  bundles: buildBundles(join(app.outdir, 'bundles')).directories,
  trialPackage: trialPackage(),
});

/** What its owner mistyped is told as that: where this program went wrong would hide it. */
function settingsOrExit(): StackSettings {
  try {
    // The CDK CLI says to which region the credentials lead: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
    return stackSettings(app.node.tryGetContext('settings'), process.env.CDK_DEFAULT_REGION);
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
