"""Facts in the words of the live view."""

from __future__ import annotations

from simisp.facts import cellular, cmux, faults, isp, line, messages, port, ppp, run
from simisp.facts.fact import Fact

__all__ = ["narrate"]


_SIDES = {"isp": "the ISP", "client": "the client"}
_FLUSHED = {
    port.PortQueue.INPUT: "its input",
    port.PortQueue.OUTPUT: "its output",
    port.PortQueue.BOTH: "its input and output",
}


def narrate(fact: Fact) -> str | None:
    """Return the text for a fact in the live view; None for a fact that it does not show.

    Example:
        >>> from simisp.facts.line import Dialled
        >>> narrate(Dialled("5551234", "isp"))
        'dialled 5551234: isp'
    """
    return (
        _of_the_call(fact)
        or _of_a_call_in(fact)
        or _of_messages(fact)
        or _of_a_cellular_modem(fact)
        or _of_the_multiplexer(fact)
        or _of_ppp(fact)
        or _of_a_program(fact)
        or _of_the_plug(fact)
        or _of_the_isp(fact)
        or _of_the_port(fact)
        or _of_what_was_found(fact)
        or _of_the_connection(fact)
        or _of_the_run(fact)
    )


def _of_the_call(fact: Fact) -> str | None:
    match fact:
        case line.Dialled(number, leads_to):
            return f"dialled {number}: {leads_to}"
        case line.CallAnswered(call, dialogue):
            return f"call {call} answered, dialogue {dialogue}"
        case line.RatesCompared(at_port, at_modem) if at_port != at_modem:
            return f"the port is at {at_port} bit/s and the modem at {at_modem}: each reads garbage from the other"
        case line.RatesCompared(rate):
            return f"port and modem are both at {rate} bit/s"
        case line.CallHandedOver(call, to):
            return f"call {call} goes on with {to}"
        case line.CallEnded(call, by):
            return f"call {call} ended by {_SIDES.get(by, by)}"
    return None


def _of_the_isp(fact: Fact) -> str | None:
    match fact:
        case isp.FellSilent(until):
            return "the ISP is silent" + ("" if until is None else f" until {until:.3f}")
        case isp.AwaitingDeed(deed):
            return f"the ISP waits for {deed}"
        case isp.DeedLate(deed, within):
            return f"no {deed} within {within:g} s"
        case isp.LogInAccepted(user):
            return f"log-in accepted: {user}"
        case isp.LogInRefused(user, attempt):
            return f"log-in refused: {user}, attempt {attempt}"
        case isp.MarkReached(name):
            return f"mark {name}"
        case isp.DialogueOver():
            return "the dialogue has completed; the call stays up"
    return None


def _of_ppp(fact: Fact) -> str | None:
    match fact:
        case ppp.PhaseEntered(phase) if phase is not ppp.LinkPhase.DEAD:
            return f"PPP: phase {phase.value}"
        case ppp.PacketReceived(protocol, code, number, summary) if code:
            return f"PPP < {_packet(protocol, code, number, summary)}"
        case ppp.PacketSent(protocol, code, number, summary) if code:
            return f"PPP > {_packet(protocol, code, number, summary)}"
        case ppp.Authenticated(name, method, of_peer):
            return f"PPP: {name} authenticated {'' if of_peer else 'to the caller '}by {method}"
        case ppp.AuthenticationFailed(name, method, _, why):
            return f"PPP: {name or 'the caller'} not authenticated by {method}" + (f": {why}" if why else "")
        case ppp.AddressAgreed(local, remote):
            return f"PPP: address {remote or '(none)'}, here {local or '(none)'}"
        case ppp.LinkUp(network):
            return f"PPP: up for {network.value}"
        case ppp.LinkDown(reason, _, message):
            return f"PPP: over, {reason.value}" + (f": {message}" if message else "")
        case ppp.FrameError(why, octets):
            return f"PPP: {octets} octets are no frame: {why}"
    return None


def _of_a_program(fact: Fact) -> str | None:
    match fact:
        case isp.ProgramStarted(pid, command):
            return f"{command} has the line, pid {pid}"
        case isp.ProgramSaid(program, text):
            return f"{program}: {text}"
        case isp.ProgramEnded(program, how):
            return f"{program} ended: {how}"
    return None


def _packet(protocol: str, code: str, number: int, summary: str) -> str:
    return f"{protocol} {code} {number}" + (f": {summary}" if summary else "")


def _of_a_call_in(fact: Fact) -> str | None:
    match fact:
        case line.CallCameIn(number):
            return "a call comes in" + ("" if number is None else f" from {number}")
        case line.CallMissed(rings, why):
            return f"the call was missed after {rings} {'ring' if rings == 1 else 'rings'}: {why}"
    return None


def _of_messages(fact: Fact) -> str | None:
    match fact:
        case messages.SmsSent(to, text, part, parts):
            return f"message{_part(part, parts)} sent to {to}: {text}"
        case messages.SmsReceived(sender, text, part, parts):
            return f"message{_part(part, parts)} from {sender}: {text}"
    return None


def _of_a_cellular_modem(fact: Fact) -> str | None:
    match fact:
        case cellular.RegistrationChanged(domain, state, operator):
            return f"registration, {domain}: {state}" + (f", {operator}" if operator else "")
        case cellular.SimChanged(state):
            return f"SIM: {state}"
        case cellular.RadioSwitched(function, restarted):
            return "the modem restarts" if restarted else f"the modem's function is {function} now"
        case cellular.ContextSwitched(context, active, by_network, apn):
            by = " by the network" if by_network else ""
            return f"context {context} ({apn}) is {'active' if active else 'inactive'} now{by}"
        case cellular.ServiceAnswered(code, text):
            return f"USSD {code or 'from the network'}: {text or 'no such service'}"
    return None


def _part(part: int, parts: int) -> str:
    return "" if parts == 1 else f", part {part} of {parts},"


def _of_the_multiplexer(fact: Fact) -> str | None:
    match fact:
        case cmux.MultiplexerBegan(option, frame_size):
            return f"the line is a multiplexer now: {option} option, frames of {frame_size} octets"
        case cmux.MultiplexerEnded(why):
            return f"the multiplexer has ended ({why}): the line takes AT commands"
        case cmux.DlcOpened(dlci):
            return f"DLCI {dlci} is up"
        case cmux.DlcClosed(dlci, why):
            return f"DLCI {dlci} is down: {why}"
        case cmux.MuxOctetsDiscarded(why, octets):
            return f"no frame, {octets} octets: {why}"
        case cmux.ControlCommandUnanswered(command):
            return f"no response to {command}"
    return None


def _of_the_plug(fact: Fact) -> str | None:
    match fact:
        case port.PortUnplugged(path):
            return f"the port {path} was unplugged"
        case port.PortPluggedIn(path):
            return f"the port is plugged in again: {path}"
    return None


def _of_the_port(fact: Fact) -> str | None:
    match fact:
        case port.PortOpened(openings):
            return "port opened" if openings == 1 else f"port opened again: it is open {openings} times"
        case port.PortClosed(openings):
            times = "once" if openings == 1 else f"{openings} times"
            return f"port closed, still open {times}" if openings else "port closed"
        case port.PortSettings():
            return _settings(fact)
        case port.PortLinkGone(path):
            return f"the link {path} was removed: the port cannot be opened by it any more"
        case port.LineStopped():
            return "the client does not read: the line waits"
        case port.LineWentOn():
            return "the client reads again"
        case faults.TriggerFired(on, act):
            return f"trigger: {on}: {act}"
    return None


def _of_what_was_found(fact: Fact) -> str | None:
    match fact:
        case port.PortOpenedBy(pid, program):
            return f"the port is open in {program}, pid {pid}"
        case port.PortClosedBy(pid, program):
            return f"{program}, pid {pid}, has closed the port"
        case port.PortFlushed(queue):
            return f"the client flushes {_FLUSHED[queue]}"
        case port.PortExclusive(on):
            return f"the port is {'used exclusively' if on else 'no longer used exclusively'} (TIOCEXCL)"
        case port.LockFileSeen(name):
            return f"the lock file {name} is there"
    return None


def _of_the_connection(fact: Fact) -> str | None:
    match fact:
        case port.BreakSeen():
            return "break"
        case port.CallerNamed(what, name):
            return f"the client's {what}: {name}"
        case port.CallerTurnedAway(caller, how):
            return f"another client{f' ({caller})' if caller else ''} found the line busy: {how}"
        case port.ConnectionLost(reason):
            return f"the connection was lost: {reason}"
    return None


def _settings(settings: port.PortSettings) -> str:
    if not settings.speed:
        return "port set to B0: DTR dropped"
    framing = ", 2 stop bits" if settings.stop_bits == 2 else ""
    if settings.parity is not None:
        framing = f", {settings.data_bits}{settings.parity.value[0].upper()}{settings.stop_bits}"
    flow_control = "no flow control" if settings.flow_control is port.FlowControl.NONE else settings.flow_control.value
    modes = settings.modes or "raw"
    return f"port set to {settings.speed} bit/s{framing}, {flow_control}, {modes}"


def _of_the_run(fact: Fact) -> str | None:
    match fact:
        case run.ClientStarted(pid):
            return f"client started, pid {pid}"
        case run.ClientEnded(exit_status, signal):
            return f"client ended: {signal or f'exit status {exit_status}'}"
        case run.ClientGaveUp(kills):
            return f"the dialler gives up and ends {'its child' if kills == 'parent' else 'its whole group'}"
        case faults.ClientFaultDone(what):
            return f"the scenario {what}{' its processes' if fact.pids else ''}"
        case run.CleanUpBegan():
            return "the verdict is reached; simisp ends what the client left behind"
        case run.DeadlineReached(after):
            return f"deadline of {after:g} s"
    return None
