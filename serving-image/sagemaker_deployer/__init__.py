"""Everything of SageMaker deployer that runs where models are made."""
