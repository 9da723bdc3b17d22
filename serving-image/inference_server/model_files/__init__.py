"""Model files into models: one reader for each kind of file."""
