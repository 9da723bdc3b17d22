"""The corpus of hostile model files: each listed by name, with what it tries. None of them is committed."""
