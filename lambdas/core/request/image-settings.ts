// The serving image's own settings that a request may set in `environment`: SageMaker's toolkits gave them their names, which
// begin as SageMaker's own do. As read_settings in serving-image/inference_server/settings.py takes them.

interface ImageSetting {
  /** What the value may be; null: any text. */
  range: readonly [least: number, most: number] | null;
}

export const imageSettings: Readonly<Record<string, ImageSetting>> = {
  /** How many predict at the same time. */
  SAGEMAKER_MODEL_SERVER_WORKERS: { range: [1, 1024] },
  /** Seconds. */
  SAGEMAKER_MODEL_SERVER_TIMEOUT: { range: [1, 3600] },
  SAGEMAKER_MAX_PAYLOAD_IN_MB: { range: [1, 100] },
  SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: { range: null },
};

/** What is wrong with the value of one of them, without the value; null: nothing. */
export function imageSettingFault(name: string, value: string): string | null {
  const range = imageSettings[name]?.range ?? null;
  if (range === null) return null;
  const [least, most] = range;
  const isInside = /^[0-9]{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most;
  return isInside ? null : `Allowed: a whole number from ${least} to ${most}, as text.`;
}
