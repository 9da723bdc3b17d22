"""Reads pickles and joblib files as data: nothing that a file names is called."""
