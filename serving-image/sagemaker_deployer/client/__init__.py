"""Rollouts from Python, on boto3: upload a model, start, cancel and roll back rollouts, wait for their outcomes."""

from sagemaker_deployer.client.contract import Outcome, Release, RolloutRequest
from sagemaker_deployer.client.deployer import Deployer, connect
from sagemaker_deployer.client.refusal import Refusal
from sagemaker_deployer.client.rollout import Rollout, is_done
from sagemaker_deployer.client.stack import Stack

__all__ = ["Deployer", "Outcome", "Refusal", "Release", "Rollout", "RolloutRequest", "Stack", "connect", "is_done"]
