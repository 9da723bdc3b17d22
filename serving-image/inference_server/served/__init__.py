"""A model in the process that serves it: its name, its counts, its example, and whether it is quick."""
