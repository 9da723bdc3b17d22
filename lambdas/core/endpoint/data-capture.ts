// What data capture keeps as text; anything else is kept as base64.

/** CaptureContentTypeHeader: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html */
export const DATA_CAPTURE_CONTENT_TYPES = {
  JsonContentTypes: ['application/json'],
  CsvContentTypes: ['text/csv'],
};
