"""Measurements, with the tests' own PostgreSQL."""

import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")  # of the library that brings PostgreSQL
