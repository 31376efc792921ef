"""Lines for tests that are written with unittest."""

from __future__ import annotations

import inspect
import os
import re
import unittest
from pathlib import Path

from simisp.testing.lines import Lines

__all__ = ["SimispTestCase"]

_KEEP = "SIMISP_KEEP"


class SimispTestCase(unittest.TestCase):
    """A test case with lines: ``with self.simisp("hang.yaml") as line: ...``; see :class:`Line`.

    Scenarios are looked for beside the file of the test's class, then in the current folder, then among the bundled
    ones. With the environment variable ``SIMISP_KEEP``, each line leaves its transcript and its page in a folder
    there, one folder a test.
    """

    simisp: Lines
    """Opens lines; those that the test forgets are closed after it."""

    def setUp(self) -> None:
        """Make ready to open lines."""
        super().setUp()
        kept = os.environ.get(_KEEP)
        keep = None if not kept else Path(kept) / re.sub(r"[^A-Za-z0-9._-]+", "-", self.id())
        self.simisp = Lines(Path(inspect.getfile(type(self))).parent, keep=keep)
        self.addCleanup(self.simisp.close)
