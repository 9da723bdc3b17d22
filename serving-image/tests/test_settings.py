"""Every setting: what it is read as, and that wrong ones are all named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference_server.settings import InvalidSettings, Settings, read_settings


def test_reads_every_setting():
    environment = {
        "INFERENCE_SERVER_HOST": "0.0.0.0",
        "SAGEMAKER_BIND_TO_PORT": "0",
        "SM_MODEL_DIR": "/model",
        "SAGEMAKER_MODEL_SERVER_WORKERS": "3",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "20",
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "5",
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "10",
        "SAGEMAKER_MULTI_MODEL": "true",
        "INFERENCE_SERVER_MAX_MODELS": "7",
        "INFERENCE_SERVER_MAX_MEMORY_MB": "9",
        "INFERENCE_SERVER_MODEL_NAME": "iris",
        "INFERENCE_SERVER_EMF": "True",
        "SAGEMAKER_DEPLOYER_TRUST": "a" * 64,
        "SAGEMAKER_REGION": "ignored",
    }
    assert read_settings(environment) == Settings(
        host="0.0.0.0",
        port=0,
        model_directory=Path("/model"),
        workers=3,
        max_body_bytes=20 * 1_048_576,
        request_seconds=5,
        default_accept="text/csv",
        log_level=10,
        model_name="iris",
        trust="a" * 64,
        multi_model=True,
        max_models=7,
        max_memory_bytes=9 * 1_048_576,
        emf=True,
    )


def test_workers_are_processes_of_which_each_predicts_in_one_thread():
    assert (Settings(workers=3).processes, Settings(workers=3).threads) == (3, 1)
    assert (Settings(workers=1).processes, Settings(workers=1).threads) == (1, 1)


def test_workers_of_a_multi_model_endpoint_are_threads():
    settings = Settings(workers=3, multi_model=True)
    assert (settings.processes, settings.threads) == (1, 3)


def test_there_is_a_worker_for_each_processor_that_may_be_used(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert read_settings({}).workers == 3


def test_models_lie_where_sagemaker_puts_them():
    assert read_settings({}).model_directory == Path("/opt/ml/model")
    assert read_settings({"SAGEMAKER_MULTI_MODEL": "true"}).model_directory == Path("/opt/ml/models")


def test_without_any_the_body_limit_is_sagemakers():
    assert read_settings({}).max_body_bytes == 6_291_456


def test_names_everything_that_is_wrong_at_once():
    wrong = {
        "SAGEMAKER_BIND_TO_PORT": "65536",
        "SAGEMAKER_MODEL_SERVER_WORKERS": "0",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "\u0662",
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "-1",
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "INFO" * 1000,
        "SAGEMAKER_MULTI_MODEL": "yes",
        "SAGEMAKER_DEPLOYER_TRUST": "all",
    }
    with pytest.raises(InvalidSettings) as caught:
        read_settings(wrong)
    assert all(name in str(caught.value) for name in wrong)
    assert len(str(caught.value)) < 1000


def test_settings_take_effect(start_server, pack_iris, forest):
    server = start_server(
        pack_iris(forest) / "model",
        SAGEMAKER_MAX_PAYLOAD_IN_MB="1",
        SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="text/csv",
    )
    server.wait_until_ready()
    answer = server.invoke('{"instances": [[5.1, 3.5, 1.4, 0.2]]}')
    assert (answer.headers["content-type"], answer.text) == ("text/csv", "setosa,1.0,0.0,0.0\n")
    assert server.invoke(b" " * 1_048_577).status_code == 413
