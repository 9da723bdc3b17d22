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
        "SAGEMAKER_REGION": "ignored",
    }
    expected = Settings("0.0.0.0", 0, Path("/model"), 3, 256, 20 * 1_048_576, 5, "text/csv", 10)
    assert read_settings(environment) == expected


def test_without_any_the_body_limit_is_sagemakers():
    assert read_settings({}).max_body_bytes == 6_291_456


def test_names_everything_that_is_wrong_at_once():
    wrong = {
        "SAGEMAKER_BIND_TO_PORT": "65536",
        "SAGEMAKER_MODEL_SERVER_WORKERS": "0",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "\u0662",
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "-1",
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "INFO" * 1000,
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
