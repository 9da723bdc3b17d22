#!/bin/sh
# Starts a rollout with the AWS CLI and waits for its end. Exit status: 0 done, 3 superseded, 1 anything else.
# Usage: start-rollout.sh request.json
set -eu
request=$1
stack=${STACK:-SageMakerDeployer}

machine=$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
  --query "Stacks[0].Outputs[?OutputKey=='StateMachineArn'].OutputValue")
execution=$(aws stepfunctions start-execution --state-machine-arn "$machine" --input "file://$request" \
  --query executionArn --output text)
echo "$execution" >&2

describe() { aws stepfunctions describe-execution --execution-arn "$execution" --output text --query "$1"; }
while [ "$(describe status)" = RUNNING ]; do sleep 5; done

# A success's output is the outcome. A failure has error and cause; its whole outcome is a document in the bucket.
if [ "$(describe status)" = SUCCEEDED ]; then
  outcome=$(describe output)
  echo "$outcome"
  # A newer rollout took its place: the model of this one does not serve. The one to wait for is its "successor".
  case $outcome in *'"outcome":"superseded"'*) exit 3 ;; esac
else
  describe '[status, error, cause]' >&2
  exit 1
fi
