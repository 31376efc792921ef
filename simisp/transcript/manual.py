"""The manual page of the transcript's format, generated from the facts themselves."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from enum import Enum
from inspect import cleandoc
from typing import Any, get_args

from simisp.facts.fact import Fact, fact_kinds
from simisp.transcript.json_lines import value_in_json
from simisp.transcript.reader import hints_of
from simisp.transcript.schema import in_words

__all__ = ["manual_page"]

_HEAD = """\
# The transcript

The transcript of a run records what each side sent, what the modem, the exchange and the ISP did, when the port was
opened and closed, and how the client ended. `simisp run … --transcript FILE` writes it while the run goes on, as JSON
lines in UTF-8. Only the owner can read the file. `simisp schema transcript` prints the JSON Schema of a line.

`simisp.transcript.read` reads such a file and returns the same records that the run had:

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

It is one line in the file. `digest` is a hash of the scenario that leaves out comments, layout and seed. `clock` is the
clock with which the run begins. `started` is the wall-clock time at the start of the run; for a story it is empty.

Each other line is a record:

```json
{"at": 15.2, "source": "exchange", "kind": "dialled", "details": {"number": "5551234", "leads_to": "isp"}}
```

- `at`: seconds since the start of the run, not rounded; it never decreases from one record to the next.
- `source`: the party that the record is about: `client`, `port`, `modem`, `exchange`, `isp` or `run`. `isp` is the far
  end of a call: of one between two lines of a bank, it is the other line.
- `line`: the name of the line, in a run with several lines.
- `kind`: what happened. The table below lists all kinds.
- `details`: the fields that the table lists for this kind. A field that has its default value is left out.

Each octet is written as one character from U+0000 to U+00FF. Secrets are replaced by asterisks unless the run had
`--show-secrets`: the passwords of accounts, wherever they pass, and the answers to a prompt for a password, with their
echo, and the passwords of PAP, where they pass as such. `secrets` gives the spans of a text that are one of the latter,
with or without that option. What was an answer is no secret when it is sent again elsewhere, unless it is the password
of an account: [Limits](limits.md) has the rules.

`read` ignores a truncated last line, which a killed run may leave. An unknown key, kind or detail, a source
that the kind does not have, and a time before that of the record above are errors that give the line's number. The
JSON Schema refuses all of them but the last, which it can't see. When a key, a kind or a detail is added, the version
of the format is raised.

## Comparing two runs

`simisp run --verify N` makes N runs and compares what happened in them. Records that are less than a microsecond apart
belong to the same instant. Within an instant, the comparison keeps the order of records of the same side and the same
line, and ignores every order that is a matter of chance:

- the order between what the client, the port and the modem did (the exchange and the ISP count as the modem), and
  between what happened on different lines;
- the places at which octets were cut: the octets of each side are joined;
- what several processes did at the port: while the port is open more than once, its openings and closings are only
  counted. Changes of its settings are compared in their order.

Process ids, paths and program names are not compared, and neither is anything after the verdict.

## Kinds

In Python, `record.fact` is an object of the class that the table names, such as `simisp.facts.line.CallEnded`; its
attributes are the details. Where only some texts are possible, the attribute is a member of the enumeration in
brackets, which is in the same module unless another is named:

```python
from simisp.facts.line import CallEnded, ModemState, ModemStateEntered

for record in transcript.records:
    match record.fact:
        case ModemStateEntered(ModemState.ONLINE_DATA):
            print("online", record.at)
        case CallEnded(number, by):
            print("call", number, "ended by", by)
```

"""


def manual_page() -> str:
    """Return ``docs/transcript.md``."""
    rows = ["| kind | class | source | what happened | details |", "|---|---|---|---|---|"]
    for kind in sorted(fact_kinds().values(), key=lambda kind: (_source(kind), kind.kind)):
        details = "<br>".join(_details(kind))
        place = f"{kind.__module__.removeprefix('simisp.facts.')}.{kind.__name__}"
        rows.append(f"| `{kind.kind}` | `{place}` | {_source(kind)} | {_first_sentence(kind)} | {details} |")
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
        default = "" if field.default is MISSING else f", else `{json.dumps(value_in_json(field.default))}`"
        shown.append(f"`{field.name}`: {in_words(hints[field.name])}{_enumeration(hints[field.name])}{default}")
    return shown


def _enumeration(hint: Any) -> str:
    """Return the enumeration whose members a detail's values are, in brackets; empty if it is none."""
    kinds = [each for each in (hint, *get_args(hint)) if isinstance(each, type) and issubclass(each, Enum)]
    where = "" if not kinds or kinds[0].__module__.startswith("simisp.facts.") else f"{kinds[0].__module__}."
    return f" (`{where}{kinds[0].__name__}`)" if kinds else ""
