"""Explains predictions: SHAP values of the server's own models, exact, without the shap package."""
