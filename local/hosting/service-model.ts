/** AWS's own model of the simulated operations; see service-models/extract.py for where it comes from. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SERVICES = ['sagemaker', 'sagemaker-runtime', 'application-autoscaling', 'cloudwatch'] as const;
export type Service = (typeof SERVICES)[number];

export interface ShapeReference {
  readonly shape: string;
  readonly location?: 'uri' | 'header' | 'querystring';
  readonly locationName?: string;
}

export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, ShapeReference>>;
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly payload?: string;
  readonly union?: boolean;
  readonly error?: { readonly httpStatusCode: number };
}

export interface ServiceModel {
  readonly metadata: { readonly protocol: string; readonly targetPrefix: string | null };
  readonly operations: Readonly<Record<string, { readonly input: string; readonly output?: string }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export const serviceModels = JSON.parse(
  readFileSync(join(import.meta.dirname, 'service-models', 'service-models.schema.json'), 'utf8'),
) as Record<Service, ServiceModel>;

export function shapeOf(service: Service, name: string): Shape {
  const shape = serviceModels[service].shapes[name];
  if (!shape) throw new Error(`${service} has no shape ${name}`);
  return shape;
}
