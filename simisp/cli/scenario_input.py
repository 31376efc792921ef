"""The SCENARIO of a command: a file, the name of a bundled one, or ``-`` for standard input."""

from __future__ import annotations

from simisp.cli.files import STANDARD_STREAM
from simisp.cli.standard_streams import standard_input
from simisp.diagnostics import STANDARD_INPUT, WHOLE_FILE, Diagnostic, SourceText
from simisp.errors import ScenarioError, reason_of
from simisp.scenario import reader
from simisp.scenario.load import LoadedScenario, load, loads

__all__ = ["load_scenario"]


def load_scenario(name: str) -> LoadedScenario:
    """Read and check the scenario that a call names.

    Args:
        name: A file, the name of a bundled scenario, or ``-``: standard input, in whose text relative names of other
            files count from the current folder. A file called ``-`` is ``./-``.

    Raises:
        ScenarioError: It can't be found or read, or it is wrong; every mistake is reported.
    """
    if name != STANDARD_STREAM:
        return load(name)
    try:
        data = standard_input().buffer.read(reader.MOST_OCTETS + 1)
    except OSError as error:
        nothing = SourceText(STANDARD_INPUT, "")
        raise ScenarioError(nothing, [Diagnostic(WHOLE_FILE, reason_of(error).lower())]) from None
    source, diagnostics = reader.decode(data, STANDARD_INPUT)
    if diagnostics:
        raise ScenarioError(source, diagnostics)
    return loads(source.text, name=STANDARD_INPUT)
