// How rows are asked and answered: a body for rows, and from an answer back to classes and probabilities.

export const FEATURE_COUNT = 4;

/** The columns of texts of the pipeline that takes a DataFrame, as in fraud_pipeline.py. */
const TEXTS = ['merchant', 'country', 'channel', 'card'];

export type Row = readonly number[] | Readonly<Record<string, number | string | null>>;
export type Rows = readonly Row[];

export interface Answers {
  classes: number[];
  probabilities: number[][];
}

export interface Protocol {
  path: string;
  body(rows: Rows): string;
  /** @throws for anything but an answer of this protocol */
  read(text: string): Answers;
}

const instances = (rows: Rows) => JSON.stringify({ instances: rows });

export const PROTOCOLS = {
  /** The recipe's: one object for each row. */
  recipe: {
    path: '/invocations',
    body: instances,
    read: (text) => {
      const { predictions } = JSON.parse(text) as {
        predictions: { predicted_class_index: number; probabilities: Record<string, number> }[];
      };
      return {
        classes: predictions.map((one) => one.predicted_class_index),
        probabilities: predictions.map(({ probabilities }) => Object.values(probabilities)),
      };
    },
  },
  /** MLServer's: https://docs.mlserver.ai, the Open Inference Protocol. The id makes equal answers equal. */
  openInference: {
    path: '/v2/models/model/infer',
    body: (rows) =>
      JSON.stringify({
        id: 'bench',
        inputs: [{ name: 'rows', shape: [rows.length, FEATURE_COUNT], datatype: 'FP64', data: rows }],
        outputs: [{ name: 'predict' }, { name: 'predict_proba' }],
      }),
    read: (text) => {
      const outputs = readOutputs(text);
      return { classes: outputs.get('predict')!.data, probabilities: asRows(outputs.get('predict_proba')!) };
    },
  },
  /** The same for a DataFrame, as MLServer's PandasCodec reads it: a tensor for each column, null where it is empty. */
  dataFrame: {
    path: '/v2/models/model/infer',
    body: (rows) =>
      JSON.stringify({
        id: 'bench',
        parameters: { content_type: 'pd' },
        inputs: Object.keys(rows[0]!).map((name) => ({
          name,
          shape: [rows.length, 1],
          datatype: TEXTS.includes(name) ? 'BYTES' : 'FP64',
          parameters: { content_type: TEXTS.includes(name) ? 'str' : 'np' },
          data: rows.map((row) => (row as Record<string, unknown>)[name]),
        })),
        outputs: [{ name: 'predict_proba' }],
      }),
    read: (text) => {
      const probabilities = asRows(readOutputs(text).get('predict_proba')!);
      return { classes: probabilities.map((chances) => chances.indexOf(Math.max(...chances))), probabilities };
    },
  },
  /** An array: the class, then the probabilities of a row. */
  columns: {
    path: '/predict',
    body: instances,
    read: (text) => {
      const rows = JSON.parse(text) as number[][];
      return { classes: rows.map(([index]) => index ?? -1), probabilities: rows.map((row) => row.slice(1)) };
    },
  },
  lists: {
    path: '/predict',
    body: instances,
    read: (text) => {
      const { indexes, probabilities } = JSON.parse(text) as { indexes: number[]; probabilities: number[][] };
      return { classes: indexes, probabilities };
    },
  },
  /** Version 1 of KServe's protocol. */
  kserve: {
    path: '/v1/models/model:predict',
    body: instances,
    read: (text) => {
      const { predictions } = JSON.parse(text) as { predictions: { index: number; probabilities: number[] }[] };
      return {
        classes: predictions.map(({ index }) => index),
        probabilities: predictions.map(({ probabilities }) => probabilities),
      };
    },
  },
} satisfies Record<string, Protocol>;

interface Tensor {
  name: string;
  shape: number[];
  data: number[];
}

const readOutputs = (text: string) =>
  new Map((JSON.parse(text) as { outputs: Tensor[] }).outputs.map((output) => [output.name, output]));

const asRows = ({ shape: [count = 0, width = 0], data }: Tensor) =>
  Array.from({ length: count }, (_, row) => data.slice(row * width, (row + 1) * width));

/** The labels must be equal; probabilities may differ by rounding. @returns what is wrong, or null */
export function findDifference(found: Answers, expected: Answers): string | null {
  if (found.classes.length !== expected.classes.length) {
    return `${found.classes.length} rows instead of ${expected.classes.length}`;
  }
  for (const [row, expectedClass] of expected.classes.entries()) {
    if (found.classes[row] !== expectedClass) return `row ${row}: class ${found.classes[row]}, not ${expectedClass}`;
    const chances = found.probabilities[row] ?? [];
    const wanted = expected.probabilities[row] ?? [];
    const isEqual =
      chances.length === wanted.length && wanted.every((one, at) => Math.abs(one - chances[at]!) <= 1e-12);
    if (!isEqual) return `row ${row}: probabilities ${chances}, not ${wanted}`;
  }
  return null;
}
