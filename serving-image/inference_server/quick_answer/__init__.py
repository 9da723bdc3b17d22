"""The usual request, answered in compiled code."""
