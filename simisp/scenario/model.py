"""The typed model of a scenario. The meaning of the language is in the description of each key."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from simisp.scenario.expectations import Expectation
from simisp.scenario.later import BuiltLater, ModelOf
from simisp.scenario.line_section import LineSection
from simisp.scenario.modem_ports import PortNames
from simisp.scenario.modem_rows import (
    CommandReply,
    CommandText,
    ConductSection,
    ConnectText,
    ProfileName,
    RateSection,
    RegisterName,
    RegisterValue,
    ResultCodeName,
    ResultCodeValue,
    SettingText,
)
from simisp.scenario.steps import Step
from simisp.scenario.strict import Strict, empty_list
from simisp.scenario.values import (
    NUMBER,
    Count,
    CredentialText,
    DurationValue,
    Given,
    LabelName,
    NumberText,
    OwnNumber,
    Seed,
    Title,
    Words,
)

if TYPE_CHECKING:
    from simisp.scenario.calls_in import CallInSection
    from simisp.scenario.cellular_section import CellularSection
    from simisp.scenario.manners import MannersSection
    from simisp.scenario.messages import MessagesSection
    from simisp.scenario.multiplexer import MultiplexerSection
    from simisp.scenario.port_sections import NmeaSection, UnplugSection
    from simisp.scenario.ppp_section import PppSection
    from simisp.scenario.unsolicited_section import UnsolicitedSection
else:
    CallInSection = ModelOf("simisp.scenario.calls_in", "CallInSection")
    CellularSection = ModelOf("simisp.scenario.cellular_section", "CellularSection")
    MannersSection = ModelOf("simisp.scenario.manners", "MannersSection")
    MessagesSection = ModelOf("simisp.scenario.messages", "MessagesSection")
    MultiplexerSection = ModelOf("simisp.scenario.multiplexer", "MultiplexerSection")
    NmeaSection = ModelOf("simisp.scenario.port_sections", "NmeaSection")
    PppSection = ModelOf("simisp.scenario.ppp_section", "PppSection")
    UnplugSection = ModelOf("simisp.scenario.port_sections", "UnplugSection")
    UnsolicitedSection = ModelOf("simisp.scenario.unsolicited_section", "UnsolicitedSection")

__all__ = [
    "LINES_TAG",
    "ExchangeSection",
    "IspSection",
    "ModemSection",
    "OutcomeName",
    "OwnLineSection",
    "PortSection",
    "Scenario",
]

LINES_TAG = "lines:"
"""The prefix of the two ways to write ``lines`` in the path of a mistake."""

OutcomeName = Literal["isp", "busy", "no answer", "no dial tone", "voice", "no carrier"]


class ModemSection(Strict):
    """The modem that the software under test speaks to."""

    profile: ProfileName = Field(
        "hayes",
        description="What modem it is: the name of a profile, a file beside this one (./my-modem.yaml), or none: a "
        "leased line without AT commands.",
    )
    connect: ConnectText = Field(33600, description="The rate in CONNECT in bit/s, or any text behind CONNECT.")
    commands: dict[CommandText, CommandReply] = Field(
        default_factory=dict,
        max_length=1000,
        description="Commands without AT, or /patterns/, with answers that precede the profile's.",
    )
    unsolicited: list[BuiltLater[UnsolicitedSection]] = Field(
        default_factory=empty_list, max_length=1000, description="What the modem sends without being asked."
    )
    conduct: ConductSection = Field(default_factory=dict, validate_default=True)
    result_codes: dict[ResultCodeName, ResultCodeValue] = Field(
        default_factory=dict, alias="result codes", description="Result codes with other numbers, or other words."
    )
    rate: RateSection = Field(default_factory=dict, validate_default=True)
    registers: dict[RegisterName, RegisterValue] = Field(
        default_factory=dict, description="S-registers with other factory values, such as S7: 60."
    )
    factory: dict[CommandText, SettingText] = Field(
        default_factory=dict, description="Commands with other factory values, such as E: 0."
    )
    cmux: Annotated[BuiltLater[MultiplexerSection] | None, Given] = Field(
        None, description="Its multiplexer (3GPP TS 27.010), for AT+CMUX. A gsm modem has one without this key too."
    )
    messages: Annotated[BuiltLater[MessagesSection] | None, Given] = Field(
        None, description="Its short messages, and the commands of 3GPP TS 27.005."
    )
    cellular: Annotated[BuiltLater[CellularSection] | None, Given] = Field(
        None, description="SIM and network of a cellular modem, which has them without this key too."
    )
    manners: Annotated[BuiltLater[MannersSection] | None, Given] = Field(
        None, description="What it does to its answers that breaks programs."
    )
    ports: Annotated[PortNames | None, Given] = Field(
        None,
        description="Several ports of this modem on one state: at, ppp, nmea, diag, such as [at, ppp, nmea]. A command "
        "gets the first.",
    )
    nmea: Annotated[BuiltLater[NmeaSection] | None, Given] = Field(None, description="What its NMEA port says.")
    unplug: Annotated[BuiltLater[UnplugSection] | None, Given] = Field(
        None, description="It is unplugged while in use, and plugged in again."
    )


class PortSection(Strict):
    """The port that the software under test opens."""

    lock: Annotated[Literal["stale", "foreign"] | None, Given] = Field(
        None,
        description="The lock file that it has from the start: stale, or of another, living process.",
    )

    starts: Literal["booted", "raw"] = Field(
        "booted",
        description="Its settings at the start: as after boot (9600 bit/s, canonical, echo), or raw.",
    )


def _number_keys(schema: dict[str, Any]) -> None:
    schema["patternProperties"] = {f"^{NUMBER}$": schema.pop("additionalProperties")}


class ExchangeSection(Strict):
    """What a dialled number leads to. Every key that is a number has an outcome."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_number_keys)
    __pydantic_extra__: dict[NumberText, OutcomeName]

    default: OutcomeName = Field("isp", description="Where every other number leads.")
    answer_after: DurationValue = Field(1.0, description="How long it rings before it is answered.")
    busy_after: DurationValue = Field(
        0.0, alias="busy after", description="How long after a call the ISP's numbers are busy."
    )
    calls_in: Annotated[list[BuiltLater[CallInSection]], Field(max_length=1000)] = Field(
        default_factory=empty_list, alias="calls in", description="The calls that come in for the modem."
    )

    hunt_groups: dict[NumberText, Annotated[list[Count], Field(min_length=1, max_length=1000)]] = Field(
        default_factory=dict,
        alias="hunt groups",
        description="Numbers that lead to the first free line of several, by the lines' numbers.",
    )

    @property
    def numbers(self) -> dict[str, OutcomeName]:
        """The numbers, each with its outcome."""
        return self.__pydantic_extra__ or {}


def _seven_e_one(schema: dict[str, Any]) -> None:
    # An editor would read 7E1 as the number seven times ten to the power of one.
    del schema["type"]
    schema["enum"].append(70)


class IspSection(Strict):
    """The ISP: its accounts and its dialogues."""

    written_first = ("accounts", "framing", "ppp", "calls", "dialogue", "dialogues")

    model_config = ConfigDict(
        json_schema_extra={
            "not": {"required": ["dialogue", "dialogues"]},
            "dependentRequired": {"calls": ["dialogues"]},
            "if": {"properties": {"dialogues": {"minProperties": 2}}, "required": ["dialogues"]},
            "then": {"required": ["calls"]},
        }
    )

    accounts: dict[CredentialText, CredentialText] = Field(
        default_factory=dict, min_length=1, description="User names and their passwords."
    )
    dialogue: Annotated[list[Step] | None, Given] = Field(None, description="What the ISP does on each call.")
    dialogues: Annotated[dict[LabelName, list[Step]] | None, Given] = Field(
        None, description="Several dialogues, by name."
    )
    calls: Annotated[list[LabelName] | None, Given] = Field(
        None, min_length=1, description="The dialogue of the first call, of the second…; the last one repeats."
    )
    framing: Literal["8N1", "7E1", "7O1", "7M1", "7S1", "7N1"] = Field(
        "8N1",
        description="The ISP's character framing: 7E1 is seven bits with even parity.",
        json_schema_extra=_seven_e_one,
    )
    ppp: Annotated[BuiltLater[PppSection] | None, Given] = Field(
        None, description="How the ISP speaks PPP, for the step ppp. A step may say otherwise."
    )


class OwnLineSection(Strict):
    """One line of a bank: its name and number, and what it has in place of what the scenario has for all lines."""

    name: Annotated[LabelName | None, Given] = Field(
        None, description="Its name in records and in {port:NAME}; by default its place in the list, from 1 on."
    )
    number: Annotated[OwnNumber | None, Given] = Field(
        None, description="The number at which others reach it; by default its place in the list, from 1 on."
    )
    modem: Annotated[ModemSection | None, Given] = Field(None, description="What differs at its modem.")
    exchange: Annotated[ExchangeSection | None, Given] = Field(
        None, description="What differs where the numbers lead that it dials."
    )
    isp: Annotated[IspSection | None, Given] = Field(None, description="What differs at the ISP that answers it.")
    line: Annotated[LineSection | None, Given] = Field(
        None, description="What differs on its line; faults are added to the scenario's."
    )
    expect: Annotated[list[Expectation] | None, Given] = Field(
        None, description="What must hold on this line in the end, besides what must hold on all lines together."
    )


def _count_or_list(value: Any) -> Any:
    if isinstance(value, dict):
        raise PydanticCustomError("reply", "expected how many lines there are, or a list with a mapping for each")
    return value


def _kind_of_lines(value: Any) -> str:
    return "lines:each" if isinstance(value, list) else "lines:count"


_Lines = Annotated[
    Annotated[Count, Tag("lines:count")]
    | Annotated[list[BuiltLater[OwnLineSection]], Field(min_length=1, max_length=1000), Tag("lines:each")],
    Discriminator(_kind_of_lines),
    BeforeValidator(_count_or_list),
]


class Scenario(Strict):
    """How an ISP behaves, and what must hold in the end."""

    title: Title = Field(description="What the scenario shows, in one line.")
    about: Words = Field("", description="The story: what happens, and where it was met.")
    seed: Seed = Field(0, description="The seed of everything random.")
    lines: Annotated[_Lines | None, Given] = Field(
        None,
        description="How many lines there are, with numbers from 1 on, which can call each other; or a list with what "
        "each of them has of its own.",
    )
    port: PortSection = Field(default_factory=dict, validate_default=True)
    modem: ModemSection = Field(default_factory=dict, validate_default=True)
    exchange: ExchangeSection = Field(default_factory=dict, validate_default=True)
    isp: IspSection = Field(default_factory=dict, validate_default=True)
    line: LineSection = Field(default_factory=dict, validate_default=True)
    expect: list[Expectation] = Field(default_factory=empty_list, description="What must hold in the end.")

    @property
    def line_count(self) -> int | None:
        """How many lines the bank has; None if there is no bank."""
        return len(self.lines) if isinstance(self.lines, list) else self.lines

    @property
    def accounts(self) -> list[tuple[str, str]]:
        """The user names with their passwords, of all lines."""
        return [account for isp in (self.isp, *self._own("isp")) for account in isp.accounts.items()]

    @property
    def outcomes(self) -> set[OutcomeName]:
        """Where numbers lead, on any line."""
        exchanges = [self.exchange, *self._own("exchange")]
        return {outcome for exchange in exchanges for outcome in (exchange.default, *exchange.numbers.values())}

    def _own(self, key: Literal["isp", "exchange"]) -> list[Any]:
        lines = self.lines if isinstance(self.lines, list) else []
        return [section for line in lines if (section := getattr(line, key)) is not None]
