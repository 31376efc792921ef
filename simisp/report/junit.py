"""A run as a JUnit report: a case for the verdict, and one for each expectation of the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from simisp.facts.run import ExpectationJudged, VerdictKind
from simisp.report.picture.model import Picture
from simisp.report.picture.rows import Row
from simisp.report.picture.wording import words_of
from simisp.visible import visible, visible_lines

__all__ = ["junit"]

_OUTCOMES = {
    VerdictKind.RELEASED: "",
    VerdictKind.FAILED: "failure",
    VerdictKind.HANG: "error",
    VerdictKind.CUT_SHORT: "skipped",
}
_LAST_ROWS = 30
_ARROWS = ("---", "-->", "<--")


def junit(picture: Picture) -> str:
    """Return the report of a run as XML. A hang is an error, whatever else is wrong a failure.

    Args:
        picture: The run.
    """
    cases = [*_verdict(picture), *(_expectation(picture, judged) for judged in picture.expectations)]
    errors, failures, skipped = (sum(f"<{word}" in case for case in cases) for word in ("error", "failure", "skipped"))
    shown = "\n".join(map(_line, [row for row in picture.rows if not row.is_echo][-_LAST_ROWS:]))
    attributes = {
        "name": f"simisp.{picture.header.scenario}",
        "tests": str(len(cases)),
        "errors": str(errors),
        "failures": str(failures),
        "skipped": str(skipped),
        "time": f"{picture.end:.3f}",
        **({"timestamp": picture.header.started} if picture.header.started else {}),
    }
    suite = " ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            "<testsuites>",
            f"<testsuite {suite}>",
            *cases,
            f"<system-out>{_content(shown)}</system-out>",
            "</testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _verdict(picture: Picture) -> Iterator[str]:
    if picture.verdict is None:
        return
    kind, reason = picture.verdict[1].verdict, picture.verdict[1].reason
    found = [f"{kind.value}: {reason}", *picture.findings]
    outcome = _OUTCOMES[kind]
    yield _case(picture, "the run", outcome, kind.value, "\n".join(found), time=picture.verdict[0])


def _expectation(picture: Picture, judged: ExpectationJudged) -> str:
    outcome = {True: "", False: "failure", None: "skipped"}[judged.held]
    return _case(picture, judged.expectation, outcome, "expectation", words_of(judged))


def _case(picture: Picture, name: str, outcome: str, kind: str, text: str, *, time: float = 0.0) -> str:
    opening = (
        f"<testcase classname={_quoted(picture.header.scenario)} name={_quoted(name)} time={_quoted(f'{time:.3f}')}"
    )
    if not outcome:
        return f"{opening}/>"
    message = _quoted(text.partition("\n")[0])
    about = f"<{outcome} message={message}" + ("" if outcome == "skipped" else f" type={_quoted(kind)}")
    return f"{opening}>{about}>{_content(text)}</{outcome}></testcase>"


def _line(row: Row) -> str:
    return f"{row.at:9.3f}  {_ARROWS[row.direction]}  {visible(row.text)}"


def _quoted(text: str) -> str:
    return quoteattr(visible(text))


def _content(text: str) -> str:
    return escape(visible_lines(text))
