"""Model files written by the real libraries, each in its own environment, and whether the server answers them right."""
