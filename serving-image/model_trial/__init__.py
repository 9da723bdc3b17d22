"""Tries a model before an endpoint exists: a Lambda function that answers golden cases by the server's own code."""
