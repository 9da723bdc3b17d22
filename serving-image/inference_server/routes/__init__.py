"""What each path of the server answers: SageMaker's contract, multi-model endpoints and the Open Inference Protocol."""
