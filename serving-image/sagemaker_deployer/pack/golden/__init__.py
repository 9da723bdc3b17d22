"""The rows that the deployer asks a model before it trusts an endpoint, and what the model has to answer."""
