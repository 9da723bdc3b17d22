"""Packs a model with its names, its golden answers and its baseline into the model.tar.gz that the deployer takes."""

from sagemaker_deployer.pack.pack import check, pack
from sagemaker_deployer.pack.pack_model import Packed
from sagemaker_deployer.pack.problems import Problems

__all__ = ["Packed", "Problems", "check", "pack"]
