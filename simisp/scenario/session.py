"""A scenario as a machine that plays it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from simisp.far_end import FarEnd
from simisp.framing import Framing
from simisp.isp.accounts import Accounts
from simisp.isp.steps import DialogueProgram, HandOver
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.session import Session
from simisp.line.session_config import Isp, SessionConfig, SharedModem
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.config import ModemConfig
from simisp.modem.multiplexing import MULTIPLEX
from simisp.modem.profile import ModemProfile
from simisp.scenario.line_section import channels_of_section
from simisp.scenario.load import LoadedScenario
from simisp.scenario.model import ModemSection
from simisp.scenario.profile_names import LEASED_LINE, PLAIN

if TYPE_CHECKING:
    from simisp.line.manners.altered import AlteredAnswers
    from simisp.modem.subsystem import ModemSubsystem
    from simisp.scenario.manners import MannersSection

__all__ = ["make_session", "session", "session_config", "session_maker"]

_PLAIN = frozenset({"profile", "connect", "cmux", "messages", "cellular", "ports", "nmea", "unplug"})
"""The keys of a modem that its configuration takes as they are."""


def session(scenario: LoadedScenario) -> Session:
    r"""Return a Session that plays a scenario from its beginning.

    Example:
        >>> from simisp.scenario.load import loads
        >>> session(loads("title: Nothing but silence\nisp: {dialogue: [silence]}")).next_timer() is None
        True
    """
    if scenario.model.lines is not None:
        from simisp.scenario.lines import bank_lines

        first = next(iter(bank_lines(scenario).values()))  # nothing answers on the others
        assert isinstance(first, Session), "the first port of a line takes AT commands"
        return first
    return make_session(scenario, session_config(scenario))


def make_session(scenario: LoadedScenario, config: SessionConfig, shared: SharedModem | None = None) -> Session:
    """Return a Session of a scenario's modem with this configuration. See :func:`session_maker`.

    Args:
        scenario: The scenario.
        config: The configuration.
        shared: What it shares with the other Sessions of its modem; None for the only one.
    """
    return session_maker(scenario, config)(shared)


def session_maker(scenario: LoadedScenario, config: SessionConfig) -> Callable[[SharedModem | None], Session]:
    """Return what makes Sessions of a scenario's modem, which share what is worked out from their configuration.

    Args:
        scenario: The scenario, which says whether the modem has a multiplexer.
        config: The configuration; it may differ from :func:`session_config` of the scenario, for instance in channels.
    """
    modem = scenario.model.modem
    has_row = config.modem.profile.rows.get_row(MULTIPLEX.name) is MULTIPLEX
    if modem.cmux is None and not config.modem.profile.is_cellular and not has_row:
        return lambda shared: Session(config, shared)
    # A modem without a multiplexer need not load one.
    from simisp.line.multiplexed import MultiplexedConfig, MultiplexedSession
    from simisp.scenario.mux_setup import mux_setup

    multiplexed = MultiplexedConfig(config, mux_setup(modem.cmux))
    return lambda shared: MultiplexedSession(multiplexed, shared)


def _modem_config(modem: ModemSection, profile: ModemProfile) -> ModemConfig:
    """Return the configuration of a scenario's modem."""
    identity = f"simisp {modem.profile}" if modem.profile in PLAIN else None
    is_plain = type(modem.connect) is int and modem.model_fields_set <= _PLAIN
    if is_plain and profile.is_cellular and modem.connect == ModemConfig.connect_rate:
        return _shared_config(profile, identity)
    if is_plain and modem.profile in PLAIN:
        leased_line = modem.profile == LEASED_LINE
        assert isinstance(modem.connect, int)
        return ModemConfig(profile, identity, leased_line=leased_line, connect_rate=modem.connect)
    from simisp.scenario.modem_setup import modem_config  # most modems need nothing of it

    config = modem_config(modem, profile, identity)
    return config if modem.manners is None else replace(config, marks_answers=True)


@lru_cache(maxsize=64)
def _shared_config(profile: ModemProfile, identity: str | None) -> ModemConfig:
    """Return the configuration of a cellular modem; all lines of its kind share it, and what follows from it."""
    return ModemConfig(profile, identity)


def _profile(scenario: LoadedScenario) -> ModemProfile:
    """Return the profile of a scenario's modem. What is public of a scenario names no class of the modem."""
    own = scenario.own_profile
    return own if isinstance(own, ModemProfile) else STANDARD_PROFILE


def session_config(scenario: LoadedScenario) -> SessionConfig:
    """Return the configuration of a Session that plays a scenario.

    Raises:
        MissingPackageError: A package is not installed that its PPP needs.
    """
    model = scenario.model
    exchange = model.exchange
    return SessionConfig(
        modem=_modem_config(model.modem, _profile(scenario)),
        exchange=Exchange(
            numbers={number: CallOutcome(outcome) for number, outcome in exchange.numbers.items()},
            default=CallOutcome(exchange.default),
            answer_after=exchange.answer_after,
            busy_after=exchange.busy_after,
            calls_in=tuple(call.as_incoming() for call in exchange.calls_in),
        ),
        isp=Isp(
            programs=tuple(_seeded(scenario.programs[name], model.seed) for name in scenario.calls),
            accounts=Accounts(model.isp.accounts),
            framing=Framing.parse(model.isp.framing),
            secrets=_passwords_of_ppp(scenario),
            at_prompts=_at_prompts(scenario),
        ),
        channels=channels_of_section(model.line),
        seed=model.seed,
        subsystem=_subsystem(model.modem, _profile(scenario)),
        manners=_manners(model.modem.manners, model.seed),
    )


def _seeded(program: DialogueProgram, seed: int) -> DialogueProgram:
    """Return a program whose far ends draw everything random from a seed, and have the packages that they need."""
    if not any(type(instruction) is HandOver for instruction in program.code):
        return program
    from simisp.scenario.ppp_setup import PppMaker

    code = list(program.code)
    for place, each in enumerate(code):
        if isinstance(each, HandOver) and isinstance(each.make, PppMaker):
            each.make.require_packages()
            code[place] = replace(each, make=each.make.with_seed(seed))
    return replace(program, code=tuple(code))


def _at_prompts(scenario: LoadedScenario) -> Callable[[], FarEnd] | None:
    """Return what makes what a frame of PPP at a prompt starts; None if nothing does."""
    isp = scenario.model.isp
    if isp.ppp is None or not isp.ppp.at_prompts:
        return None
    from simisp.scenario.ppp_setup import PppMaker, ppp_maker

    make = ppp_maker(isp.ppp, isp.accounts, file=scenario.path, seed=scenario.model.seed)
    if isinstance(make, PppMaker):
        make.require_packages()
    return make


def _passwords_of_ppp(scenario: LoadedScenario) -> tuple[str, ...]:
    """Return the passwords of PPP's accounts, in any dialogue."""
    makers = [
        instruction.make
        for program in scenario.programs.values()
        for instruction in program.code
        if type(instruction) is HandOver
    ]
    if not makers:
        return ()
    from simisp.scenario.ppp_setup import PppMaker

    found = (maker.config.accounts.values() for maker in makers if isinstance(maker, PppMaker))
    return tuple(dict.fromkeys(password for passwords in found for password in passwords))


def _subsystem(modem: ModemSection, profile: ModemProfile) -> Callable[[], ModemSubsystem] | None:
    """Return what makes what a modem has besides the telephone line; None for a dial-up modem."""
    if profile.is_cellular:
        from simisp.scenario.cellular_setup import cellular_maker

        return cellular_maker(modem.cellular, modem.messages, profile.identity.serial_number)
    if modem.messages is None:
        return None
    from simisp.scenario.messages_setup import messaging_maker

    return messaging_maker(modem.messages)


def _manners(section: MannersSection | None, seed: int) -> Callable[[], AlteredAnswers] | None:
    """Return what makes the bad manners of a line; None if the modem has none."""
    if section is None:
        return None
    from simisp.line.manners.altered import manners_maker
    from simisp.scenario.manners_setup import chosen_manners

    return manners_maker(chosen_manners(section), seed)
