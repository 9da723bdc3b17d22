#!/bin/sh
# @aws-cdk/aws-sagemaker-alpha 2.159.1-alpha.0: a production variant of weight 0, which is to get no traffic, gets weight 1, and
# half of the requests.
#
# Expected: InitialVariantWeight is 0 or more, and the traffic to a variant is its share of all weights (SageMaker's API reference,
#   ProductionVariant); the construct's own documentation has 1.0 as the default where nothing is said, and its check refuses
#   negative weights alone.
# Seen: the default is taken where the weight counts as false in JavaScript, 0 included. A new model that was put beside the live
#   one to be tested by TargetVariant alone answers customers from the first minute. CfnEndpointConfig of aws-cdk-lib
#   writes 0.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Node 20 or later and npm's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @aws-cdk/aws-sagemaker-alpha@2.159.1-alpha.0 aws-cdk-lib@2.276.0 \
  constructs@10.8.1 >/dev/null || exit 2

cat > synthesize.js <<'JAVASCRIPT'
const { App, Stack } = require('aws-cdk-lib');
const { Template } = require('aws-cdk-lib/assertions');
const { Repository } = require('aws-cdk-lib/aws-ecr');
const { CfnEndpointConfig } = require('aws-cdk-lib/aws-sagemaker');
const { ContainerImage, EndpointConfig, Model } = require('@aws-cdk/aws-sagemaker-alpha');

function weights(build) {
  const stack = new Stack(new App(), 'Hosting');
  build(stack);
  const [config] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::EndpointConfig'));
  return config.Properties.ProductionVariants.map((variant) => variant.InitialVariantWeight);
}

function byConstruct(live, tested) {
  return weights((stack) => {
    const image = ContainerImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Images', 'models'), 'one');
    const model = new Model(stack, 'Model', { containers: [{ image }] });
    new EndpointConfig(stack, 'Config', {
      instanceProductionVariants: [
        { variantName: 'live', model, initialVariantWeight: live },
        { variantName: 'tested', model, initialVariantWeight: tested },
      ],
    });
  });
}

function byCloudFormation(live, tested) {
  const variant = (variantName, initialVariantWeight) => ({ variantName, initialVariantWeight, modelName: 'churn' });
  return weights((stack) => {
    new CfnEndpointConfig(stack, 'Config', { productionVariants: [variant('live', live), variant('tested', tested)] });
  });
}

let changed = 0;
for (const [what, found, seen] of [
  ['EndpointConfig, weights 3 and 1', byConstruct(3, 1), [3, 1]],
  ['EndpointConfig, weights 1 and 0', byConstruct(1, 0), [1, 1]],
  ['CfnEndpointConfig, weights 1 and 0', byCloudFormation(1, 0), [1, 0]],
]) {
  console.log(`${what}: ${found.join(' and ')}`);
  if (found.join() !== seen.join()) {
    console.log(`    NEW: it was ${seen.join(' and ')}`);
    changed = 1;
  }
}
process.exit(changed);
JAVASCRIPT
node synthesize.js
