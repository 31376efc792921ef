"""The examples in docstrings are true.

One test plays those of a module. pytest's own ``--doctest-modules`` looks for them in every module of the project and
of the tests, and each worker of a parallel run does so again.
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(ROOT.glob("simisp/**/*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_of_a_module_come_out_as_they_say(name: str) -> None:
    module = importlib.import_module(name)
    found = [example for example in doctest.DocTestFinder().find(module) if example.examples]
    assert found, "the module has the sign of an example in it, and doctest finds none"
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    for example in found:
        runner.run(example, out=said.append)
    assert not said, "".join(said)
