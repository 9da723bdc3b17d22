// Writes what is generated and committed all the same, because people read it: the machine, its picture and the request's schema.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestJsonSchema } from '../state-machine/contract/request-json-schema.ts';
import { drawMachine } from '../state-machine/draw-machine.ts';
import { synthesizeMachine } from '../state-machine/synthesize-asl.ts';

const root = join(import.meta.dirname, '..');
const { asl, fragments } = synthesizeMachine();
writeFileSync(join(root, 'state-machine', 'rollout.asl.json'), asl);
writeFileSync(join(root, 'state-machine', 'contract', 'rollout-request.schema.json'), requestJsonSchema());

const page = join(root, 'docs', 'how-it-works.md');
const picture = `<!-- machine -->\n\`\`\`mermaid\n${drawMachine(JSON.parse(asl).States, fragments)}\`\`\`\n<!-- /machine -->`;
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(/<!-- machine -->[\s\S]*<!-- \/machine -->/, () => picture),
);
