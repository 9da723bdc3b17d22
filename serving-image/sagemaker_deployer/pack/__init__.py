"""Packs a model file with its names and golden answers into the model.tar.gz that the deployer takes."""
