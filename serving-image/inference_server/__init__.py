"""Serves one scikit-learn model under SageMaker's container contract."""
