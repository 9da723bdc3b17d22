"""Bodies that were compressed on their way: gzip, where the request's Content-Encoding says so."""

from __future__ import annotations

import zlib

from inference_server.invalid_input import InvalidInput

_GZIP = 31  # zlib's number for gzip's header and checksum


def unpack_body(body: bytes, encoding: str, most_bytes: int) -> bytes:
    """Return what the sender packed; never more than ``most_bytes``.

    Raises ``InvalidInput``: 413 for more, 415 for another encoding than gzip.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        raise InvalidInput(f"Unsupported content encoding: {encoding[:60]}; send gzip or none", status=415)
    found = b""
    try:
        while body:
            # A file of gzip may be several of them, one behind the other.
            unpacker = zlib.decompressobj(_GZIP)
            found += unpacker.decompress(body, most_bytes + 1 - len(found))
            if len(found) > most_bytes:
                raise InvalidInput(f"Request body is larger than {most_bytes} bytes when it is unpacked", status=413)
            if not unpacker.eof:
                raise zlib.error
            body = unpacker.unused_data
    except zlib.error:
        raise InvalidInput("Request body is not gzip, which its Content-Encoding says, or not whole") from None
    return found
