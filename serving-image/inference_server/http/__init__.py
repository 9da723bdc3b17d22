"""HTTP/1.1 on asyncio: connections, messages, limits, and no route."""
