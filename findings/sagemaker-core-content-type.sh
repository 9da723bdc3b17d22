#!/bin/sh
# sagemaker-core 2.27.0 (the base of version 3 of the SageMaker Python SDK): Endpoint.invoke writes the body by the endpoint's
# serializer and does not say of which type it is; nor does it ask for the type that the deserializer reads.
#
# Expected: a serializer's CONTENT_TYPE is "The MIME type of the data sent to the inference endpoint", a deserializer's ACCEPT
#   "The content types that are expected from the inference endpoint" (docstrings of the package). Predictor.predict of
#   version 2 of the SDK sends both headers from them.
# Seen: an Endpoint with CSVSerializer and CSVDeserializer posts "1,2" with neither header. A container then takes its default for
#   CSV, or refuses it: containers that follow AWS's toolkits default to application/json. With content_type and accept given to
#   invoke, they are sent.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 or later and pip's network; it
# asks a server of its own on 127.0.0.1 only.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check sagemaker-core==2.27.0 boto3==1.44.8 || exit 2

cat > "$folder/ask.py" <<'PYTHON'
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

received = []


class Recorder(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((self.headers["Content-Type"], self.headers["Accept"], body.decode()))
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.end_headers()
        self.wfile.write(b"1.5\n")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Recorder)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ.update(
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=f"http://127.0.0.1:{server.server_port}",
    AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}",
    AWS_ACCESS_KEY_ID="none",
    AWS_SECRET_ACCESS_KEY="none",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
)
from sagemaker.core.deserializers import CSVDeserializer
from sagemaker.core.resources import Endpoint
from sagemaker.core.serializers import CSVSerializer

endpoint = Endpoint(endpoint_name="churn", serializer=CSVSerializer(), deserializer=CSVDeserializer())
print("serializer", endpoint.serializer.CONTENT_TYPE, "deserializer", *endpoint.deserializer.ACCEPT)
endpoint.invoke(body=[[1, 2]])
endpoint.invoke(body=[[1, 2]], content_type="text/csv", accept="text/csv")
server.shutdown()
for content_type, accept, body in received:
    print(f"Content-Type: {content_type}, Accept: {accept}, body {body!r}")
expected = [(None, None, "1,2"), ("text/csv", "text/csv", "1,2")]
if received != expected:
    print(f"NEW: it was {expected}")
    sys.exit(1)
PYTHON
HOME=$folder "$folder/env/bin/python" "$folder/ask.py"
