// The CDK app: `cdk synth`, `cdk deploy`. Context: `stackName`, `settings`.
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildBundles } from './bundles.ts';
import { DeployerStack } from './deployer-stack.ts';
import { stackSettings } from './settings.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new DeployerStack(app, app.node.tryGetContext('stackName') ?? 'SageMakerDeployer', {
  settings: stackSettings(app.node.tryGetContext('settings')),
  // In the output folder, which every run has to itself.
  bundles: buildBundles(join(app.outdir, 'bundles')).directories,
});
