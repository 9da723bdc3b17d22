// Asks the endpoint what an application would ask it.
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { mustBe, NotAsItMustBe } from './must.ts';

/** One flower of each kind: sepal length and width, petal length and width, in centimetres. */
const FLOWERS = [
  { instance: [5.1, 3.5, 1.4, 0.2], kind: 'setosa' },
  { instance: [6.7, 3.1, 4.4, 1.4], kind: 'versicolor' },
  { instance: [6.3, 3.3, 6.0, 2.5], kind: 'virginica' },
];

export interface Prediction {
  instance: number[];
  predictedClass: string;
  confidence: number;
}

/** @throws NotAsItMustBe unless each flower is recognised */
export async function predict(runtime: SageMakerRuntimeClient, endpointName: string): Promise<Prediction[]> {
  const instances = FLOWERS.map(({ instance }) => instance);
  const { Body } = await runtime.send(invocation(endpointName, instances));
  const answer: { predictions: { predicted_class: string; confidence: number; input_features: object }[] } = JSON.parse(
    Body.transformToString(),
  );
  mustBe('The number of predictions', answer.predictions.length, FLOWERS.length);
  return answer.predictions.map(({ predicted_class, confidence, input_features }, index) => {
    const { instance, kind } = FLOWERS[index]!;
    mustBe(`The kind of ${JSON.stringify(instance)}`, predicted_class, kind);
    mustBe(`The features that were understood of the ${kind}`, Object.values(input_features), instance);
    if (!(confidence > 0.5)) throw new NotAsItMustBe(`The confidence in the ${kind} must be above 0.5: ${confidence}.`);
    return { instance, predictedClass: predicted_class, confidence };
  });
}

/**
 * Sends a flower with a feature too few, which the model must refuse with 400.
 *
 * @returns the model's words
 */
export async function refusal(runtime: SageMakerRuntimeClient, endpointName: string): Promise<string> {
  try {
    await runtime.send(invocation(endpointName, [[1, 2, 3]]));
  } catch (error) {
    const { name, OriginalStatusCode, OriginalMessage } = error as Error & Record<string, unknown>;
    mustBe('The error of three features', [name, OriginalStatusCode], ['ModelError', 400]);
    return (JSON.parse(String(OriginalMessage)) as { error: string }).error;
  }
  throw new NotAsItMustBe('A flower with three features must be refused, and was answered.');
}

const invocation = (EndpointName: string, instances: number[][]) =>
  new InvokeEndpointCommand({ EndpointName, ContentType: 'application/json', Body: JSON.stringify({ instances }) });
