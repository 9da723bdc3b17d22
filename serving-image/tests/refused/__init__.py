"""Model files that are refused: each harmless to whoever reads it, so that what is tested is the refusal alone."""
