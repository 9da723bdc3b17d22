"""X-Amzn-SageMaker-Custom-Attributes: what the caller sent comes back, with the digest of the model that answered.

SageMaker forwards at most 1,024 visible US-ASCII characters, and gives back only what the container sets.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from __future__ import annotations

import re

NAME = b"x-amzn-sagemaker-custom-attributes"
_LIMIT = 1024
_FORWARDABLE = re.compile(rb"[\x20-\x7e]{1,%d}" % _LIMIT)


def custom_attributes(digest: bytes, given: bytes) -> bytes:
    """Return the header line, or b"" where there is nothing to say: ``<given>,model-sha256=<digest>``.

    ``given`` is the caller's value, b"" for none; what SageMaker would not have forwarded is not echoed.
    Where both together are too long, the caller's is kept: it is his contract, the digest is ours.
    """
    own = b"model-sha256=" + digest if digest else b""
    if not _FORWARDABLE.fullmatch(given):
        value = own
    elif own and len(given) + 1 + len(own) <= _LIMIT:
        value = given + b"," + own
    else:
        value = given
    return b"%b: %b\r\n" % (NAME, value) if value else b""
