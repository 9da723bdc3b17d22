"""Request bodies into rows, predictions into answers: one file for each format."""
