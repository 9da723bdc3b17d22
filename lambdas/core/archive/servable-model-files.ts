// What the serving image of this project can load, by name, at the root of an archive.

/** As `MODEL_FILES` in serving-image/inference_server/load_model.py. */
export const SERVABLE_MODEL_FILES: readonly string[] = [
  'model.pkl',
  'model.joblib',
  'model.skops',
  'model.onnx',
  'model.ubj',
  'model.xgb.json',
  'xgboost-model',
  'model.lgb.txt',
  'model.cbm',
  'model.cat.json',
];
