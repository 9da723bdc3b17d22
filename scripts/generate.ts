// Writes what is generated and committed all the same, because people read it: the machine and the request's schema.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestJsonSchema } from '../state-machine/contract/request-json-schema.ts';
import { synthesizeAsl } from '../state-machine/synthesize-asl.ts';

const folder = join(import.meta.dirname, '..', 'state-machine');
writeFileSync(join(folder, 'rollout.asl.json'), synthesizeAsl());
writeFileSync(join(folder, 'contract', 'rollout-request.schema.json'), requestJsonSchema());
