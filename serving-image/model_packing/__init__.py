"""The former name of ``sagemaker_deployer.pack``."""
