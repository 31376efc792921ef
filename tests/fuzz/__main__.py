"""Throw random input at the targets, at all of them or at those named on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as pytest has it

from fuzz.runner import main

sys.exit(main(sys.argv[1:]))
