"""The JSON Schemas of simisp's files."""

from __future__ import annotations

import json
from collections.abc import Mapping

__all__ = ["schema_text"]


def schema_text(what: str = "scenario") -> str:
    """Return the JSON Schema of a kind of file, as JSON.

    Args:
        what: ``"scenario"``, ``"profile"``, ``"phonebook"``, ``"mail"`` or ``"transcript"``.
    """
    return json.dumps(_schema(what), indent=2)


def _schema(what: str) -> Mapping[str, object]:
    from simisp.dialling.files.mail_file import MailFile
    from simisp.dialling.files.phonebook_file import PhoneBookFile
    from simisp.dialling.files.story_file import DiallingSection
    from simisp.scenario.profile_model import ProfileFile
    from simisp.scenario.schema import file_schema
    from simisp.scenario.schema import schema as scenario_schema
    from simisp.transcript.schema import schema as transcript_schema

    match what:
        case "phonebook":
            return file_schema(PhoneBookFile, "simisp phone book")
        case "profile":
            return file_schema(ProfileFile, "simisp modem profile")
        case "transcript":
            return transcript_schema()
        case "mail":
            return file_schema(MailFile, "simisp mail service")
        case _:
            return scenario_schema(DiallingSection)
