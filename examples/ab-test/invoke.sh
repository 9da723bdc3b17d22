#!/bin/sh
# Asks an endpoint under an A/B test for a user, who gets the same variant each time.
# Usage: invoke.sh ENDPOINT USER request.json
set -eu
endpoint=$1
user=$2
request=$3

# As the endpoint was asked to divide its traffic; the test's own name deals its users anew.
variant=$(printf '%s\n' "$user" | sh "$(dirname "$0")/pick-variant.sh" iris-2026-12 primary=9 challenger=1)

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
aws sagemaker-runtime invoke-endpoint --endpoint-name "$endpoint" --target-variant "$variant" \
  --content-type application/json --body "fileb://$request" --query InvokedProductionVariant --output text "$answer" >&2
cat "$answer"
