"""A scenario as a machine that plays it."""

from __future__ import annotations

from simisp.framing import Framing
from simisp.isp.accounts import Accounts
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.session import Isp, Session, SessionConfig
from simisp.modem.config import ModemConfig
from simisp.scenario.load import LoadedScenario

__all__ = ["session", "session_config"]


def session(scenario: LoadedScenario) -> Session:
    r"""Return a Session that plays a scenario from its beginning.

    Example:
        >>> from simisp.scenario.load import loads
        >>> session(loads("title: Nothing but silence\nisp: {dialogue: [silence]}")).next_timer() is None
        True
    """
    return Session(session_config(scenario))


def session_config(scenario: LoadedScenario) -> SessionConfig:
    """Return the configuration of a Session that plays a scenario."""
    model = scenario.model
    exchange = model.exchange
    return SessionConfig(
        modem=ModemConfig(
            identity=f"simisp {model.modem.profile}",
            leased_line=model.modem.profile == "none",
            connect_rate=model.modem.connect,
        ),
        exchange=Exchange(
            numbers={number: CallOutcome(outcome) for number, outcome in exchange.numbers.items()},
            default=CallOutcome(exchange.default),
            answer_after=exchange.answer_after,
        ),
        isp=Isp(
            programs=tuple(scenario.programs[name] for name in scenario.calls),
            accounts=Accounts(model.isp.accounts),
            framing=Framing.parse(model.isp.framing),
        ),
        seed=model.seed,
    )
