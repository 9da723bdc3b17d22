// How a topic of Amazon SNS is named: by its ARN. A FIFO topic, whose name ends with .fifo, takes no message without a group, which
// neither CloudWatch nor SageMaker gives: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
import * as z from 'zod/mini';

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const TOPIC_ARN = /^arn:aws[a-z-]*:sns:(?<region>[a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/;

export const TopicArnSchema = z
  .string()
  .check(
    z.regex(TOPIC_ARN, 'must be the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>, and of no FIFO topic'),
  );
