// What a server of the benchmark is: how it is started, what it is asked, and what its figures are compared as.
import { join } from 'node:path';
import type { Protocol } from './protocols.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const IMAGE = join(ROOT, 'serving-image');

export type EnvironmentName =
  | 'serving'
  | 'lite'
  | 'flask'
  | 'fastapi'
  | 'mlserver'
  | 'bentoml'
  | 'litserve'
  | 'kserve'
  | 'uvicorn'
  // Of `bench -- large-models`.
  | 'large-models'
  | 'compiled-trees';

export interface Start {
  /** The environment's folder of programs; empty for nginx. */
  bin: string;
  nginx: string;
  port: number;
  /** For servers that open more than they are asked for. */
  sparePorts: [number, number];
  workers: number;
  /** Holds model.pkl and model.json. */
  model: string;
  /** For files of this server alone. */
  scratch: string;
  /** What nginx answers with. */
  staticAnswer: string;
}

export interface StartCommand {
  command: string[];
  environment?: Record<string, string>;
  directory?: string;
}

export interface Peer {
  name: string;
  title: string;
  /**
   * framework: one that is made to serve models or APIs; batched: the same with its batching on; frame: the same with the
   * pipeline that takes a DataFrame.
   */
  kind: 'ours' | 'floor' | 'recipe' | 'gunicorn' | 'framework' | 'batched' | 'http' | 'fallback' | 'frame';
  environment: EnvironmentName | 'nginx';
  /** The package whose version is told. */
  distribution?: string;
  protocol: Protocol;
  start(options: Start): StartCommand;
}

/** The folder of a server's own code. */
export const peerFolder = (name: string) => join(import.meta.dirname, 'peers', name);
export const modelFile = (model: string) => join(model, 'model.pkl');
