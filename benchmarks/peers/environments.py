"""An environment of its own for each peer, from requirements with hashes, made where it is missing and then kept."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT_IN = ROOT / "artefacts" / "peers"  # not committed, and gone with `make clean`
REQUIREMENTS = Path(__file__).parent / "requirements"


def environment(name: str) -> Path:
    """Return the folder of an environment's commands."""
    requirements = REQUIREMENTS / f"{name}.txt"
    folder = KEPT_IN / f"{name}-{sha256(requirements.read_bytes()).hexdigest()[:12]}"
    whole = folder / "whole"
    if not whole.exists():
        print(f"Installing {name} into {folder.relative_to(ROOT)}, once.", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
        wheel = next((ROOT / "vendor").glob("pip-*.whl"))
        pip: list[str | Path] = [folder / "bin" / "python", wheel / "pip", "install", "--quiet"]
        options = ["--disable-pip-version-check", "--root-user-action=ignore", "--require-hashes"]
        subprocess.run(
            [*pip, *options, "-r", requirements], check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        )
        whole.touch()
    return folder / "bin"
