"""The author's rows by columns: of a DataFrame, an array or a file; and made rows in that form."""
