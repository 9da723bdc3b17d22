"""Packs a model with its names, its golden answers and its baseline into the model.tar.gz that the deployer takes."""

import logging

from sagemaker_deployer.pack.pack import check, pack
from sagemaker_deployer.pack.pack_model import Packed
from sagemaker_deployer.pack.problems import Problems

__all__ = ["Packed", "Problems", "check", "pack"]

# What the server would log; what matters of it is among the notes.
logging.getLogger("inference_server").addHandler(logging.NullHandler())
