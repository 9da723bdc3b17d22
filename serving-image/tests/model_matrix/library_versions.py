"""The versions of the libraries whose files are written, each with all the packages of its environment, pinned.

The environments are throwaway and never serve anything: they are installed without dependencies, so that nothing comes
in that is not named here.
"""

from __future__ import annotations

from dataclasses import dataclass

# What was current while the versions were: numpy, pandas and what those need.
_NUMPY_1 = """numpy==1.26.4 scipy==1.11.4 pandas==2.1.4 pytz==2024.1 python-dateutil==2.9.0.post0 six==1.17.0
    tzdata==2024.1 joblib==1.3.2 threadpoolctl==3.5.0 lz4==4.4.5 packaging==26.3"""
_NUMPY_2 = """numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 pytz==2024.1 python-dateutil==2.9.0.post0 six==1.17.0
    tzdata==2024.1 joblib==1.4.2 threadpoolctl==3.5.0 lz4==4.4.5 packaging==26.3"""
_PANDAS_3 = """numpy==2.3.5 scipy==1.17.1 pandas==3.0.6 python-dateutil==2.9.0.post0 six==1.17.0 joblib==1.6.0
    threadpoolctl==3.6.0 lz4==4.4.5 packaging==26.3 narwhals==2.29.0
    cloudpickle==3.1.2"""
_SKOPS = "prettytable==3.18.0 wcwidth==0.9.4"
_CATBOOST = "graphviz==0.21"
_ONNX = """skl2onnx==1.20.0 onnx==1.23.2 onnxruntime==1.32.0 protobuf==7.36.2 flatbuffers==25.12.19 ml_dtypes==0.6.0
    typing_extensions==4.16.0"""

# The Pythons for which all of these have wheels.
_OLD, _MIDDLE, _NEW = (11, 12), (11, 13), (11, 14)


@dataclass(frozen=True)
class LibraryVersion:
    """A minor version of a library, which script writes its models, and what its environment holds.

    ``pythons``: the oldest and the newest minor version of Python 3 that it can be installed for.
    """

    library: str
    minor: str
    writer: str
    pythons: tuple[int, int]
    packages: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.library}-{self.minor}"


def _versions(library: str, writer: str, table: str, eras: dict[str, tuple[tuple[int, int], str]]) -> list:
    found = []
    for line in table.strip().splitlines():
        minor, era, *packages = line.split()
        pythons, others = eras[era]
        found.append(LibraryVersion(library, minor, writer, pythons, (*packages, *others.split())))
    return found


LIBRARY_VERSIONS: tuple[LibraryVersion, ...] = (
    *_versions(
        "scikit-learn",
        "write_scikit_learn.py",
        """
        1.2 first scikit-learn==1.2.2
        1.3 old scikit-learn==1.3.2
        1.4 old scikit-learn==1.4.2 skops==0.11.0
        1.5 middle scikit-learn==1.5.2 skops==0.11.0
        1.6 middle scikit-learn==1.6.1 skops==0.12.0
        1.7 middle scikit-learn==1.7.2 skops==0.13.0
        1.8 new scikit-learn==1.8.0 skops==0.15.0
        1.9 new scikit-learn==1.9.1 skops==0.16.0
        """,
        {
            "first": ((11, 11), _NUMPY_1),
            "old": (_OLD, f"{_NUMPY_1} {_SKOPS}"),
            "middle": (_MIDDLE, f"{_NUMPY_2} {_SKOPS}"),
            "new": (_NEW, f"{_PANDAS_3} {_SKOPS}"),
        },
    ),
    *_versions(
        "xgboost",
        "write_xgboost.py",
        """
        2.0 old xgboost==2.0.3 scikit-learn==1.4.2
        2.1 middle xgboost-cpu==2.1.4 scikit-learn==1.5.2
        3.0 middle xgboost-cpu==3.0.5 scikit-learn==1.6.1
        3.1 middle xgboost-cpu==3.1.3 scikit-learn==1.7.2
        3.2 new xgboost-cpu==3.2.0 scikit-learn==1.8.0
        3.3 newest xgboost-cpu==3.3.0 scikit-learn==1.8.0
        3.4 newest xgboost-cpu==3.4.1 scikit-learn==1.9.1
        """,
        {
            "old": (_OLD, _NUMPY_1),
            "middle": (_MIDDLE, _NUMPY_2),
            "new": (_NEW, _PANDAS_3),
            # XGBoost 3.3 and later need Python 3.12.
            "newest": ((12, 14), _PANDAS_3),
        },
    ),
    *_versions(
        "lightgbm",
        "write_lightgbm.py",
        """
        4.0 old lightgbm==4.0.0 scikit-learn==1.3.2
        4.1 old lightgbm==4.1.0 scikit-learn==1.3.2
        4.2 old lightgbm==4.2.0 scikit-learn==1.4.2
        4.3 old lightgbm==4.3.0 scikit-learn==1.4.2
        4.4 middle lightgbm==4.4.0 scikit-learn==1.5.2
        4.5 middle lightgbm==4.5.0 scikit-learn==1.5.2
        4.6 middle lightgbm==4.6.0 scikit-learn==1.7.2
        4.7 new lightgbm==4.7.0 scikit-learn==1.8.0
        """,
        {"old": (_OLD, _NUMPY_1), "middle": (_MIDDLE, _NUMPY_2), "new": (_NEW, _PANDAS_3)},
    ),
    *_versions(
        "catboost",
        "write_catboost.py",
        """
        1.2.2 first catboost==1.2.2 scikit-learn==1.4.2
        1.2.5 old catboost==1.2.5 scikit-learn==1.4.2
        1.2.8 middle catboost==1.2.8 scikit-learn==1.6.1
        1.2.10 middle catboost==1.2.10 scikit-learn==1.7.2
        """,
        {
            "first": ((11, 11), f"{_NUMPY_1} {_CATBOOST}"),
            "old": (_OLD, f"{_NUMPY_1} {_CATBOOST}"),
            "middle": (_MIDDLE, f"{_NUMPY_2} {_CATBOOST}"),
        },
    ),
    *_versions(
        "onnx",
        "write_onnx.py",
        "1.20 new scikit-learn==1.8.0",
        {"new": (_NEW, f"{_PANDAS_3} {_ONNX}")},
    ),
)
