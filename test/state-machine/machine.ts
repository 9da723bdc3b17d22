// The committed machine, and what a set of checks needs that runs on it and on its mutants.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: { Next: string; And?: object[] }[];
  Resource?: string;
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  Retry?: {
    ErrorEquals: string[];
    JitterStrategy?: string;
    MaxDelaySeconds?: number;
    MaxAttempts?: number;
    IntervalSeconds?: number;
    BackoffRate?: number;
  }[];
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath?: string | null }[];
  InputPath?: string;
  ResultPath?: string | null;
  OutputPath?: string;
  SecondsPath?: string;
  ErrorPath?: string;
  CausePath?: string;
  Parameters?: Record<string, unknown>;
}
export interface Machine {
  States: Record<string, State>;
}

/** Whether it ends by its task token. */
export const isCallback = ({ Resource = '' }: State): boolean => Resource.endsWith('.waitForTaskToken');

/** Jest's `test`, or what collects the checks in its place. */
export type Test = jest.It;

export const COMMITTED = path.join(import.meta.dirname, '../../state-machine/rollout.asl.json');
export const committedMachine = (): Machine => JSON.parse(readFileSync(COMMITTED, 'utf8'));
