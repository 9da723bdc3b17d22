"""The rows of a request inside the server: named columns with types, missing values included."""
