"""The PPP that an ISP speaks: ``isp.ppp``, and the step ``ppp``."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from simisp.diagnostics import nearest
from simisp.scenario.program_section import ProgramSection
from simisp.scenario.steps import BaseStep, with_all_defaults
from simisp.scenario.strict import Strict
from simisp.scenario.values import Count, CredentialText, Given, TimeLimit, YesNo
from simisp.scenario.whole import Whole

__all__ = [
    "BEHAVIOUR_OPTIONS",
    "BEHIND_THE_LINK",
    "BehaviourName",
    "DnsServers",
    "EchoSection",
    "IpAddress",
    "PppSection",
    "PppStep",
]

BEHAVIOUR_OPTIONS = {
    "nth": "garbled frames, and flag inside a frame",
    "after": "a behaviour of a link that is up, such as carrier gone",
}
"""What of a bad behaviour can be set, and which behaviours have it, in words."""
BEHIND_THE_LINK = "network: slip puts a program behind PPP, and gives it each packet in a frame of SLIP"
"""What may have been meant where a program contradicts what is beside it."""
_PART = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_ADDRESS = rf"^{_PART}(\.{_PART}){{3}}$"
"""An address in dotted decimal; a part with a zero in front would be octal to some programs, and is no part."""


def _address(text: str) -> str:
    if not re.fullmatch(_ADDRESS, text):
        raise PydanticCustomError("message", "{text} is not an IP address, such as 10.0.0.2", {"text": repr(text)})
    if not any(int(part) for part in text.split(".")):
        # In IPCP it is how a side asks for an address (RFC 1332, 3.3), so that it can't be one.
        raise PydanticCustomError("message", "{text} means that there is no address", {"text": repr(text)})
    return text


IpAddress = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "pattern": _ADDRESS})]


def _behaviour(text: str) -> str:
    from simisp.ppp.behaviours.table import BEHAVIOURS  # few scenarios behave badly

    if text in BEHAVIOURS:
        return text
    guess = nearest(text, BEHAVIOURS)
    meant = f"did you mean {guess!r}?" if guess else "docs/ppp-behaviours.md has them all"
    raise PydanticCustomError("message", "there is no behaviour {text}: {meant}", {"text": repr(text), "meant": meant})


def _name_them(schema: dict[str, Any]) -> None:
    from simisp.ppp.behaviours.table import BEHAVIOURS

    schema["enum"] = list(BEHAVIOURS)


BehaviourName = Annotated[str, AfterValidator(_behaviour), Field(json_schema_extra=_name_them)]


def _two_at_most(servers: list[str]) -> list[str]:
    if len(servers) > 2:
        raise PydanticCustomError(
            "message", "PPP can announce two DNS servers, and there are {count}", {"count": len(servers)}
        )
    return servers


DnsServers = Annotated[list[IpAddress], AfterValidator(_two_at_most)]


class EchoSection(Strict):
    """LCP's Echo-Requests, by which the ISP finds out that the client is gone."""

    every: TimeLimit = Field(30.0, description="How long after one the next one is sent.")
    failures: Count = Field(4, description="After how many without an answer the link is down.")


class PppSection(Strict):
    """How the ISP speaks PPP. Every key may be left out."""

    auth: Annotated[Literal["none", "pap", "chap", "mschap-v2"] | None, Given] = Field(
        None, description="How the client has to log in; it need not, if left out."
    )
    accounts: Annotated[dict[CredentialText, CredentialText] | None, Given] = Field(
        None, min_length=1, description="User names and their passwords; the ISP's, if left out."
    )
    name: Annotated[CredentialText | None, Given] = Field(
        None, description="The ISP's own name, in CHAP; simisp, if left out."
    )
    local: Annotated[IpAddress | None, Given] = Field(None, description="The ISP's address; 10.0.0.1, if left out.")
    remote: Annotated[IpAddress | None, Given] = Field(
        None, description="The address that the client gets; 10.0.0.2, if left out."
    )
    dns: Annotated[DnsServers | None, Given] = Field(
        None, description="The DNS servers that the client is told, at most two."
    )
    mru: Annotated[Annotated[int, Whole(128, 16_384)] | None, Given] = Field(
        None, description="How many octets the ISP takes in a frame; 1500, if left out."
    )
    echo: Annotated[EchoSection | None, Given] = Field(
        None, description="The ISP's Echo-Requests; it sends none, if left out."
    )
    ipv6: Annotated[YesNo | None, Given] = Field(
        None, description="Whether IPv6 is agreed on too; it is refused, if left out."
    )
    network: Annotated[Literal["none", "echo", "run", "slip"] | None, Given] = Field(
        None,
        description="What is behind the link: nothing; what answers to ICMP echo alone; a program that speaks PPP "
        "itself (run); or one that gets each IP packet in a frame of SLIP (slip).",
    )
    run: Annotated[ProgramSection | None, Given] = Field(None, description="The program of network: run, or slip.")
    at_prompts: Annotated[YesNo | None, Given] = Field(
        None,
        alias="at prompts",
        description="Under isp: whether a frame of PPP at any prompt of a dialogue starts PPP, without a log-in there.",
    )
    behaviour: Annotated[BehaviourName | None, Given] = Field(
        None, description="The bad behaviour that it plays; docs/ppp-behaviours.md has them all."
    )

    nth: Annotated[Annotated[int, Whole(1, 10_000)] | None, Given] = Field(
        None, description="Which frames a behaviour damages, such as each third one; the seventh, if left out."
    )
    after: Annotated[TimeLimit | None, Given] = Field(
        None, description="How long after the link has come up a behaviour shows that needs one that is up."
    )

    @property
    def useless_option(self) -> str:
        """Which of ``nth`` and ``after`` its behaviour does not have; empty if it has what is given."""
        given = [key for key in BEHAVIOUR_OPTIONS if getattr(self, key) is not None]
        if not given:
            return ""
        from simisp.ppp.behaviours.table import BEHAVIOURS  # few scenarios behave badly

        has = "" if self.behaviour is None else BEHAVIOURS[self.behaviour].make.option
        return next((key for key in given if key != has), "")

    @property
    def contradiction(self) -> str:
        """What of its keys does not go with its program, in words; empty if all do."""
        if self.run is None:
            return ""
        if self.network in ("none", "echo"):
            return f"'network: {self.network}' needs no program: run goes with network: run, or slip"
        useless = [_key(name) for name in _OF_OUR_SIDE if getattr(self, name) is not None]
        if self.network == "slip" or not useless:
            return ""
        keys, mean = " and ".join(map(repr, useless)), "means" if len(useless) == 1 else "mean"
        return f"the program speaks PPP itself, so {keys} {mean} nothing"

    @property
    def local_address(self) -> str:
        """The ISP's address."""
        return self.local or "10.0.0.1"

    @property
    def remote_address(self) -> str:
        """The address that the client gets."""
        return self.remote or "10.0.0.2"

    @property
    def is_left_to_program(self) -> bool:
        """Whether a program speaks PPP, and not simisp."""
        return self.network == "run" or (self.network is None and self.run is not None)

    def overridden_by(self, other: "PppSection") -> "PppSection":
        """Return the section in which the keys that another one gives have its values."""
        given = {name: value for name, value in other if value is not None}
        if other.behaviour is not None:
            given = dict.fromkeys(BEHAVIOUR_OPTIONS) | given
        if other.run is not None and other.network is None and self.network != "slip":
            given["network"] = "run"
        return self.model_copy(update=given)


_OF_OUR_SIDE = (
    "auth", "accounts", "name", "local", "remote", "dns", "mru", "echo", "ipv6", "behaviour", *BEHAVIOUR_OPTIONS
)  # fmt: skip
"""The keys of PPP as simisp speaks it."""


def _key(name: str) -> str:
    return PppSection.model_fields[name].alias or name


class PppStep(BaseStep):
    """Speak PPP from here on. What it says overrides ``isp: ppp``."""

    ppp: PppSection

    @model_validator(mode="before")
    @classmethod
    def _all_defaults(cls, value: Any) -> Any:
        """Accept ``- ppp`` without a value."""
        return with_all_defaults("ppp", value)
