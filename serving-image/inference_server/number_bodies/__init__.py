"""Large requests that hold nothing but numbers, from bytes to bytes without an object for each number."""
