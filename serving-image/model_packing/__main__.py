"""``python -m model_packing`` from this folder: the command ``sagemaker-deployer-pack`` without an installation."""

import sys

from sagemaker_deployer.pack.command import main

if __name__ == "__main__":
    sys.exit(main())
