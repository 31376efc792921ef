"""Exception classes stand in one place, so that a reader of `errors.py` knows what can be raised."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import re

import simisp
from simisp import errors
from simisp.errors import FileError, SimispError


def modules() -> list[str]:
    found = pkgutil.walk_packages(simisp.__path__, "simisp.")
    return [module.name for module in found if not module.name.endswith(("__main__", "aiosmtpd_session"))]


def own_exceptions() -> dict[str, type[BaseException]]:
    return {
        name: member
        for name, member in vars(errors).items()
        if inspect.isclass(member) and issubclass(member, BaseException)
    }


def test_no_public_exception_class_is_defined_outside_errors() -> None:
    elsewhere = {
        f"{module}.{name}"
        for module in modules()
        for name, member in vars(importlib.import_module(module)).items()
        if inspect.isclass(member)
        and issubclass(member, BaseException)
        and member.__module__ == module != errors.__name__
        and not name.startswith("_")
    }
    assert not elsewhere


def test_every_error_is_below_one_base_and_says_when_it_is_raised() -> None:
    for name, error in own_exceptions().items():
        assert issubclass(error, SimispError), name
        assert name in errors.__all__
        assert error is SimispError or (error.__doc__ or "").startswith("Raised "), name


def test_the_tree_at_the_head_of_errors_is_the_tree_of_the_classes() -> None:
    drawn = re.findall(r"^    ( *)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    assert len(drawn) == len(own_exceptions())
    above: list[str] = []
    for indent, name in drawn:
        depth = len(indent) // 2
        above[depth:] = [name]
        base = own_exceptions()[name].__base__
        assert base is not None
        assert base.__name__ == (above[depth - 1] if depth else "Exception"), name


def test_an_error_of_another_process_is_the_same_here() -> None:
    error = FileError("the file can't be read", path="x.yaml", errno=2, remedy="make one")
    error.add_note("in a process of a pool")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (FileError, str(error), vars(error))
