// The limits of a container's environment, to the last pair and byte: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
import { environmentProblems } from '../../lambdas/core/request/environment-problems.ts';

const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`A${index}`, 'x']));
const messages = (environment: Record<string, string>, ours?: Record<string, string>) =>
  environmentProblems(environment, ours).map(({ message }) => message);

test('100 pairs, those of this system among them', () => {
  expect(messages(pairs(100))).toEqual([]);
  expect(messages(pairs(101))).toEqual(['Found 101 variables. Allowed: at most 100.']);
  expect(messages(pairs(98), { ONE: 'x', TWO: 'x' })).toEqual([]);
  expect(messages(pairs(99), { ONE: 'x', TWO: 'x' })).toEqual(['Found 99 variables. Allowed: at most 98.']);
});

test('32 KiB of names and values as UTF-8, those of this system among them', () => {
  const of = (bytes: number) => ({ NAME: '\u6f22'.repeat(100), OTHER: 'x'.repeat(bytes - 'NAMEOTHER'.length - 300) });
  expect(messages(of(32_768))).toEqual([]);
  const told = (bytes: number) => [`Names and values have ${bytes} bytes. Allowed: at most 32768 in all.`];
  expect(messages(of(32_769))).toEqual(told(32_769));
  expect(messages(of(32_758), { OURS: '123456' })).toEqual([]);
  expect(messages(of(32_758), { OURS: '1234567' })).toEqual(told(32_769));
});
