"""The manual page of the transcript's format, generated from the facts themselves."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from inspect import cleandoc

from simisp.facts.fact import Fact, fact_kinds
from simisp.transcript.reader import hints_of
from simisp.transcript.schema import in_words

__all__ = ["manual_page"]

_HEAD = """\
# The transcript

Every run keeps a transcript: what each side sent, what the modem, the exchange and the ISP did, each opening and
closing of the port, and how the client ended. `simisp run … --transcript FILE` writes it as it happens, as lines of
JSON in UTF-8, readable only by its owner. `simisp schema transcript` prints the JSON Schema of a line.

Read it with `simisp.transcript.read`, which returns records equal to those of the run:

```python
from simisp.transcript import read

with open("t.jsonl", encoding="utf-8") as lines:
    transcript = read(lines)
print(transcript.header.scenario, len(transcript.records))
```

## Format version 1

The first line is the header:

```json
{"format": "simisp transcript", "version": 1, "simisp": "0.1.0", "scenario": {"name": "login", "digest": "5f0c…"},
 "seed": 0, "clock": "virtual", "started": "2026-11-28T12:00:00.000+01:00"}
```

(on one line). `digest` is a hash of the scenario's content, without comments, layout and seed; `clock` is the clock
that the run begins with; `started` is the wall time at which the run began, and is empty for a story.

Each other line is a record:

```json
{"at": 15.2, "source": "exchange", "kind": "dialled", "details": {"number": "5551234", "leads_to": "isp"}}
```

- `at`: seconds since the run began, not rounded. Never less than in the record before.
- `source`: the party that it is about: `client`, `port`, `modem`, `exchange`, `isp` or `run`.
- `line`: the line that it happened on, in a run with several lines.
- `kind`: what happened, one of the kinds below.
- `details`: more about it, under the names below. A detail with the default given there is left out.

Octets are written as the characters U+0000 to U+00FF, one for one. Passwords are masked by asterisks unless
`--show-secrets` was given; in either case `secrets` marks the spans that answer a prompt for a secret or repeat one.

`read` leaves out a truncated last line, such as a killed run leaves. An unknown kind or detail is an error with the
line's number: a new kind or detail raises the version.

## Comparing two runs

`simisp run --verify N` compares what happened in N runs. Records within one microsecond are of one instant. In it the
records of one side of one line have an order; what has none is compared without one:

- what the client, the port and the modem did (the exchange and the ISP count as the modem), and what happened on
  different lines;
- how octets were cut: those of a side are joined;
- what several processes did at the port: while it is open more than once, openings, closings and settings have no order
  among each other. Openings and closings are counted, settings are compared in their order.

Process ids, paths and the names of programs are not compared, nor anything after the verdict.

## Kinds

"""


def manual_page() -> str:
    """Return ``docs/transcript.md``."""
    rows = ["| kind | source | what happened | details |", "|---|---|---|---|"]
    for kind in sorted(fact_kinds().values(), key=lambda kind: (_source(kind), kind.kind)):
        details = "<br>".join(_details(kind))
        rows.append(f"| `{kind.kind}` | {_source(kind)} | {_first_sentence(kind)} | {details} |")
    return _HEAD + "\n".join(rows) + "\n"


def _source(kind: type[Fact]) -> str:
    source = getattr(kind, "source", None)
    return "any" if source is None else str(source.value)


def _first_sentence(kind: type[Fact]) -> str:
    return cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def _details(kind: type[Fact]) -> list[str]:
    hints = hints_of(kind)
    shown = []
    for field in fields(kind):  # type: ignore[arg-type]
        default = "" if field.default is MISSING else f", else `{json.dumps(field.default)}`"
        shown.append(f"`{field.name}`: {in_words(hints[field.name])}{default}")
    return shown
