"""Evaluates models as numbers: no scikit-learn, no code out of a model file."""
