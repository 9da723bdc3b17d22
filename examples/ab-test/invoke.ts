// Asks an endpoint under an A/B test for a user, who gets the same variant each time.
// Usage: node examples/ab-test/invoke.ts ENDPOINT USER < request.json
import { text } from 'node:stream/consumers';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { pickVariant } from '../../client/client.ts';

// As the endpoint was asked to divide its traffic; the test's own name deals its users anew.
const weights = { primary: 9, challenger: 1 };
const experiment = 'iris-2026-12';

const [endpointName, userId] = process.argv.slice(2);
const variant = pickVariant(userId ?? '', weights, experiment);
const { Body, InvokedProductionVariant } = await new SageMakerRuntimeClient().send(
  new InvokeEndpointCommand({
    EndpointName: endpointName,
    TargetVariant: variant,
    ContentType: 'application/json',
    Body: await text(process.stdin),
  }),
);
console.error(InvokedProductionVariant);
console.log(Body!.transformToString());
