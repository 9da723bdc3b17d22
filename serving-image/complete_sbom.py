"""Completes the SBOM of a Python environment to that of the whole image; runs in a stage of the Dockerfile only.

Usage: complete_sbom.py TARGET PYTHON_SBOM DPKG_STATUS OUTPUT
"""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

# Beside the environment of the server, each minor of scikit-learn in a folder.
SCIKIT_LEARNS = Path("/opt/scikit-learns")


def debian_packages(status: str, distribution: str) -> list[dict[str, Any]]:
    """Return a component for each installed package of a dpkg status file."""
    components = []
    for paragraph in status.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Status|Version|Architecture): (.*)$", paragraph, re.MULTILINE))
        if fields.get("Status", "").endswith(" installed"):
            name, version, architecture = (fields[key] for key in ("Package", "Version", "Architecture"))
            purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}&distro={distribution}"
            components.append({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
    return components


def python_packages(folders: Iterable[Path], named: set[str]) -> list[dict[str, Any]]:
    """Return a component for each Python package in the folders that is not yet among those that are ``named``."""
    components: dict[str, dict[str, Any]] = {}
    for distribution in metadata.distributions(path=sorted(map(str, folders))):
        name, version = distribution.metadata["Name"], distribution.version
        purl = f"pkg:pypi/{quote(name)}@{quote(version)}"
        components[purl] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return [component for purl, component in sorted(components.items()) if purl not in named]


def main(target: str, python_sbom: Path, dpkg_status: Path, output: Path) -> None:
    """Write the SBOM, or raise what is wrong with it by the schema of CycloneDX."""
    sbom = json.loads(python_sbom.read_text())
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.MULTILINE))
    distribution = f"{release['ID']}-{release.get('VERSION_ID', 'unknown')}"
    sbom["metadata"]["component"] = {"type": "container", "bom-ref": "image", "name": f"serving-image-{target}"}
    named = {component.get("purl", "") for component in sbom["components"]}
    sbom["components"] += [
        {"type": "application", "bom-ref": "python", "name": "python", "version": platform.python_version()},
        {"type": "application", "bom-ref": "inference-server", "name": "inference_server"},
        *python_packages(SCIKIT_LEARNS.glob("*/lib/python*/site-packages"), named),
        *debian_packages(dpkg_status.read_text(), distribution),
    ]
    text = json.dumps(sbom, indent=1, sort_keys=True)
    if problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise SystemExit(f"the SBOM is not valid: {problem}")
    output.write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
