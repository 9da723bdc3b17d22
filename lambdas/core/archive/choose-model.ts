// Which file of an archive the image serves: what model.json names, else the one that has a name which the image knows, else
// the one at the root whose content says what it is. As `choose_model_file` of the serving image.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import { contentFault, otherKindFault } from './content-fault.ts';
import { DESCRIPTION, type FileBeginnings, type FirstBytes } from './first-bytes.ts';
import { ARCHIVE, listed, modelProblem } from './model-files.ts';
import { modelForm } from './model-form.ts';

export interface ChosenModel {
  /** Null: none, or which one is not known. */
  model: string | null;
  problem: Problem | null;
  /** Model files that model.json passes over by naming another: not in silence. */
  passedOver: readonly string[];
}

interface Found {
  files: readonly string[];
  resolved: (path: string) => string;
  beginnings: FileBeginnings;
}

export function chooseModel({ files, resolved, beginnings }: Found, servable: readonly string[] | null): ChosenModel {
  if (servable === null) return none(modelProblem(files, null));
  const of = (path: string): FirstBytes | undefined => beginnings.of(resolved(path));
  const formOf = (path: string): string | null => {
    const form = modelForm(path.slice(path.lastIndexOf('/') + 1), of(path)?.head ?? Buffer.alloc(0));
    return form !== null && servable.includes(form) ? form : null;
  };
  const atRoot = files.filter((path) => !path.includes('/'));
  const fault = (path: string, form: string) => {
    const begins = of(path);
    const message = begins === undefined ? null : contentFault(form, begins);
    return message === null ? null : problem(path, message);
  };
  const chosen = (path: string, passedOver: readonly string[] = []): ChosenModel => ({
    model: path,
    passedOver,
    problem: fault(path, servable.includes(path) ? path : formOf(path)!),
  });

  const byName = servable.filter((name) => atRoot.includes(name));
  const named = namedIn(beginnings.description());
  if (named !== null) {
    if (!atRoot.includes(named))
      return none(problem(DESCRIPTION, `It names the model file "${named}", which is not at the root of the archive.`));
    if (servable.includes(named) || formOf(named) !== null) return chosen(named, byName);
    const serves = `The image serves ${listed(servable)}`;
    return none(problem(DESCRIPTION, `It names the model file "${named}". ${serves}: name the file so, there too.`));
  }
  if (byName.length === 1) return chosen(byName[0]!);
  if (byName.length > 1) {
    const remedy = `Remove all but one, or name it in ${DESCRIPTION}: {"modelFile": "${byName[0]}"}`;
    return none(problem(ARCHIVE, `The archive holds ${and(byName)}, and one model is served. ${remedy}.`));
  }
  const byContent = oncePerFile(
    atRoot.filter((path) => formOf(path) !== null),
    resolved,
  );
  if (byContent.length === 1) return chosen(byContent[0]!);
  if (byContent.length > 1) {
    const name = formOf(byContent[0]!);
    const remedy = `Put them into one Pipeline, or call the model ${name} and leave the others out`;
    return none(problem(ARCHIVE, `The archive holds ${and(byContent)}, and one model is served. ${remedy}.`));
  }
  const others = atRoot.map((path) => ({ path, message: otherKindFault(of(path)?.head ?? Buffer.alloc(0)) }));
  const other = others.find(({ message }) => message !== null);
  if (other !== undefined) return none(problem(other.path, other.message!));
  return none(modelProblem(files, servable, { formOf, fault }));
}

const none = (found: Problem | null): ChosenModel => ({ model: null, problem: found, passedOver: [] });

/** Of names that lead to one file, the first. */
function oncePerFile(paths: readonly string[], resolved: Found['resolved']): string[] {
  const files = new Set<string>();
  return paths.filter((path) => files.size < files.add(resolved(path)).size);
}

const and = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more models` : listed(names, 'and');

/** `modelFile` of a description; null where it names none. A description that cannot be read is for the server to refuse. */
function namedIn(description: string | null): string | null {
  try {
    const { modelFile } = JSON.parse(description ?? '{}') ?? {};
    return typeof modelFile === 'string' ? modelFile : null;
  } catch {
    return null;
  }
}
