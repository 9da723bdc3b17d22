"""Records files that each minor of scikit-learn wrote, and what it answers: tests/scikit-learn-files/1.5.tar.xz etc.

``python tests/record_minors.py CACHE [1.5 ...]`` needs a package index and Python 3.11; environments are kept in CACHE.
Each minor has the libraries of its time, as users have who wrote their files with it. ``test_minors`` has them served.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tarfile
import tempfile
import venv
import warnings
from pathlib import Path

FOLDER = Path(__file__).parent / "scikit-learn-files"
OF_ITS_TIME = {
    "1.5": "scikit-learn==1.5.2 numpy==1.26.4 scipy==1.13.1 joblib==1.4.2 pandas==2.2.3",
    "1.6": "scikit-learn==1.6.1 numpy==2.2.6 scipy==1.15.3 joblib==1.4.2 pandas==2.2.3",
    "1.7": "scikit-learn==1.7.2 numpy==2.3.3 scipy==1.16.2 joblib==1.5.2 pandas==2.3.3",
    "1.9": "scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 joblib==1.6.0 pandas==3.1.1",
}


def write_models(folder: Path) -> None:
    """Fit the models with the scikit-learn that is installed; write each, and what it answers to which rows."""
    import joblib
    import numpy as np
    from listed_models import listed_models
    from more_listed_models import more_models
    from sklearn.base import is_classifier

    warnings.simplefilter("ignore")
    for index, (name, estimator, (rows, answers)) in enumerate([*listed_models(), *more_models()]):
        estimator.fit(rows, answers)
        place = folder / name.replace(" ", "-")
        place.mkdir(parents=True)
        if index % 2:
            joblib.dump(estimator, place / "model.joblib", compress=index % 4)
        else:
            (place / "model.pkl").write_bytes(pickle.dumps(estimator, protocol=2 + index // 2 % 4))
        asked = rows[::11] if len(rows) > 20 else rows
        shares = answers.ndim == 1 and is_classifier(estimator) and hasattr(estimator, "predict_proba")
        said = {
            "rows": [[one] if isinstance(one, str) else one for one in np.asarray(asked).tolist()],
            "predicted": np.ravel(estimator.predict(asked)).tolist(),
            "probabilities": estimator.predict_proba(asked).tolist() if shares else None,
        }
        (place / "answers.json").write_text(json.dumps(said))


def unpack(minor: str, folder: Path) -> list[Path]:
    """Return a folder for each recorded model of the minor: the model file, and answers.json."""
    with tarfile.open(FOLDER / f"{minor}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.iterdir())


def main(cache: Path, minors: list[str]) -> None:
    """Write the archive of each minor."""
    FOLDER.mkdir(exist_ok=True)
    for minor in minors:
        environment = cache / f"recorded-{minor}"
        if not environment.exists():
            venv.create(environment, with_pip=True)
            pip = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--only-binary=:all:"]
            subprocess.run([*pip, *OF_ITS_TIME[minor].split()], check=True)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([environment / "bin/python", __file__, "write", folder], check=True)
            with tarfile.open(FOLDER / f"{minor}.tar.xz", "w:xz", preset=9) as archive:
                for path in sorted(Path(folder).rglob("*.*")):
                    archive.add(path, path.relative_to(folder), filter=_without_owner)
        print(f"{minor}: {(FOLDER / f'{minor}.tar.xz').stat().st_size} bytes")


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
    return member


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write_models(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), sys.argv[2:] or list(OF_ITS_TIME))
