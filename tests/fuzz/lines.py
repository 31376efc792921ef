"""The line: a whole Session, and the modem by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from fuzz.inputs import cuts_of, flooded, octets, pause
from fuzz.playing import Event, check_cutting
from fuzz.target import Case, Target
from simisp.line.session import Session
from simisp.modem import CallFailure, Modem
from simisp.modem.caller import Caller
from simisp.modem.config import ModemConfig
from simisp.scenario.load import LoadedScenario, bundled, load, loads
from simisp.scenario.profile_file import shipped
from simisp.scenario.profile_names import shipped_names
from simisp.scenario.session import session
from support.suspending_modem import Ticking

__all__ = ["TARGETS"]

_ROOM = 100_000
"""What a line may keep: what the far end sent to a modem in command state, a line typed ahead, a command line."""

_COMMANDS = [
    *(b"AT", b"at", b"A/", b"\r", b"\r\n", b"\n", b"\x08", b"\x7f", b";", b",", b"+++", b"+", b" ", b"\xc1\xd4"),
    b"\x8d",
    *(b"DT5551234", b"D9,", b"D9;", b"DL", b"D@W!&", b"DP*#", b"A", b"O", b"O1", b"H", b"H1", b"Z", b"Z1", b"&F"),
    b"&V",
    *(b"&W", b"&W1", b"&Y1", b"&Z1=5", b"&D0", b"&D1", b"&D2", b"&D3", b"&C0", b"E0", b"E1", b"V0", b"Q1", b"Q2"),
    b"X0",
    *(b"X3", b"I", b"I9", b"L", b"M", b"N", b"S12=0", b"S2=", b"S2=128", b"S3=65", b"S3=13", b"S5=13", b"S0=1", b"S7?"),
    *(b"S7=1", b"S25=0", b"S8=0", b"S6=2", b"S10=255", b"S999=1", b"S", b"?", b"=", b"+IFC=?", b"+IFC=2,2"),
    b"+FCLASS=0",
    *(b"+GMM", b"+", b"+IPR=", b"&", b"\\N3", b"%C0", b'"', b"99999999999", b"+IPR=9600", b"+MR=1;+ER=1;+DR=1", b"W1"),
    *(b"%C1E0", b"^SYSINFO", b"$QCRM=1", b"_OHWV", b"*99=?", b"S30=1", b"&S1", b"S95=47", b"+VCID=1", b"+VRID=0"),
]  # fmt: skip
_LINES = [b"ATZ\r", b"ATDT5551234\r", b"ATDT5551234\r", b"ATA\r", b"ATH\r", b"ATO\r", b"ATS0=1\r", b"AT&F\r", b"AT\r\n"]
_ANSWERS = [b"p\r", b"p\r\n", b"alice\r", b"alicx\x08e\r", b"wonderland\r", b"wonderland\n", b"1\r", b"\r", b"\0", b"~"]
_STEPS = ["prompt: A", "prompt: 'Password:'", "send: C", "hang up", "pause: 1s", "silence: 2s", "silence"]


def _line(random: Random, words: list[bytes]) -> Event:
    data = flooded(random, octets(random, words, most=random.choice((1, 3, 8))))
    return ("octets", data, cuts_of(random, len(data)))


# The Session ---------------------------------------------------------------------------------------------------------


def _made_session(random: Random) -> Case:
    scenario = random.choice([path.stem for path in bundled()])
    if random.random() < 0.4:
        steps = "".join(f"    - {random.choice(_STEPS)}\n" for _ in range(random.randint(1, 6)))
        framing = random.choice(("8N1", "7E1", "7M1", "7O1"))
        profile = random.choice(("hayes", "hayes", "none"))
        modem = f"title: x\nmodem: {{profile: {profile}}}\n{_exchange(random)}"
        scenario = f"{modem}isp:\n  framing: {framing}\n  dialogue:\n{steps}"
    events: list[Event] = [("circuit", "DTR", True), ("octets", b"ATDT5551234\r", ()), ("wait", 2.5)]
    if random.random() < 0.2:
        events = []
    for _ in range(random.randint(0, 14)):
        match random.randint(0, 9):
            case 0:
                events.append(("circuit", random.choice(("DTR", "DTR", "RTS")), random.random() < 0.5))
            case 1 | 2 | 3:
                events.append(("wait", pause(random)))
            case _:
                events.append(_line(random, [*_LINES, *_ANSWERS, *random.sample(_COMMANDS, 8)]))
    events += [("circuit", "DTR", False), ("wait", 100.0)]
    return scenario, tuple(events)


def _exchange(random: Random) -> str:
    """Return calls that come in, or nothing."""
    if random.random() < 0.5:
        return ""
    calls = (
        f"    - {{at: {random.randint(0, 20)}s, rings: {random.randint(1, 4)}, every: {random.choice((3, 6))}s,"
        f" caller: {{number: P}}, caller sent: {random.choice(('before', 'after'))} the first ring}}\n"
        for _ in range(random.randint(1, 3))
    )
    return "exchange:\n  busy after: 3s\n  calls in:\n" + "".join(calls)


@cache
def _loaded(scenario: str) -> LoadedScenario:
    return load(scenario)


def _check_session(scenario: str, events: tuple[Event, ...]) -> None:
    loaded = loads(scenario) if "\n" in scenario else _loaded(scenario)

    def make() -> tuple[Session, Mapping[str, Callable[..., None]]]:
        return session(loaded), {}

    played = check_cutting(make, events, _ROOM)
    said = b"".join(data for kind, data, *_ in (event for event in events if event[0] == "octets"))
    assert played.octets.get("Received", b"") == said, "not all that was sent is told of"


# A cellular modem ----------------------------------------------------------------------------------------------------

_CELLULAR = [
    *(b"+CPIN?", b"+CPIN=1234", b'+CPIN="12345678","1234"', b"+CFUN=0", b"+CFUN=1", b"+CFUN=1,1", b"+CFUN?", b"+CSQ"),
    *(b"+CREG=2", b"+CREG?", b"+CGREG=1", b"+CEREG=2", b"+COPS?", b"+COPS=?", b"+COPS=0", b"+COPS=2", b"+COPS=3,2"),
    *(b'+COPS=1,2,"00101"', b"+CMEE=1", b"+CMEE=2", b"+CMEE=0", b'+CSCS="UCS2"', b'+CSCS="GSM"', b"+CSCS=?"),
    *(b'+CGDCONT=1,"IP","a"', b"+CGDCONT=1", b"+CGDCONT?", b"+CGDCONT=?", b"+CGACT=1,1", b"+CGATT=0", b"+CGATT=1"),
    *(b"D*99#", b"D*99***1#", b"D*99***9#", b"D*98*1#", b"D#777", b"D112;", b"DT*99#", b"+CHUP", b"+CLCC", b"H"),
    *(b"+CMGF=0", b"+CMGF=1", b"+CMGS=19", b'+CMGS="123"', b'+CMGW="1"', b"+CMGR=1", b"+CMGL=4", b'+CMGL="ALL"'),
    *(b"+CMGD=1", b"+CMGD=1,4", b"+CPMS?", b'+CPMS="ME","SM"', b"+CNMI=2,1,0,2,0", b"+CSCA?", b'+CSCA="1",145'),
    *(b"+CSMP=17,167,0,8", b"+CMSS=1", b"+CIMI", b"+CGSN", b"+CGMI", b"+CCLK?", b'+CCLK="26/01/01,00:00:00+00"'),
    *(b'+CLCK="SC",2', b'+CLCK="SC",1,"1234"', b'+CPWD="SC","1234","1"', b"+CRSM=176,12258,0,0,10", b"+CRSM=192,0"),
    *(b'+CSIM=10,"0020000100"', b'+CPBS="SM"', b"+CPBR=1,99", b'+CPBW=1,"5",129,"x"', b'+CUSD=1,"*100#"', b"+CUSD=2"),
    *(b"+CLIP=1", b"+CRC=1", b"+CIND?", b"+CMER=3,0,0,1", b"+CPAS", b"+CBC", b"+CGEREP=2", b"+CTZU=1", b"+CESQ", b"&F"),
    *(b"Z", b"E0", b"E1", b"V0", b"Q1", b";", b"=?", b"?", b"=", b",", b'"', b"=9", b"0001000A8121436587F900000B"),
    *(b"\x1a", b"\x1b", b"\r", b"\r\n", b"\x08", b"hello"),
]  # fmt: skip
_CELLULAR_SCENARIO = "title: x\nmodem: {profile: gsm}\nisp: {dialogue: [silence]}\n"


def _made_cellular(random: Random) -> Case:
    events: list[Event] = [("circuit", "DTR", True)]
    for _ in range(random.randint(1, 16)):
        match random.randint(0, 9):
            case 0:
                events.append(("circuit", "DTR", random.random() < 0.7))
            case 1 | 2:
                events.append(("wait", pause(random)))
            case _:
                kind, data, cuts = _line(random, _CELLULAR)
                events.append((kind, b"AT" + data + b"\r" if random.random() < 0.9 else data, cuts))
    return _CELLULAR_SCENARIO, tuple(events)


# The modem -----------------------------------------------------------------------------------------------------------


_SUSPENDING = [b"+SLOW", b"+SLOWER", b"+ASK", b"+ASK=2", b"+SAY", b"+NO", b"D*99#", b"D*99#;", b"\x1a", b"\x1b", b"\r"]


def _made_modem(random: Random) -> Case:
    words = _COMMANDS if random.random() < 0.5 else [*_COMMANDS, *_SUSPENDING * 5]
    events: list[Event] = []
    for _ in range(random.randint(1, 16)):
        match random.randint(0, 18):
            case 16:
                events.append(("rate", random.choice((0, 300, 9600, 115200))))
            case 17:
                events.append(("caller", random.choice(("P", "5550177"))))
            case 18:
                events.append(("power", random.choice((0.0, 2.0))))
            case 0:
                events.append(("circuit", "DTR", random.random() < 0.5))
            case 1 | 2:
                events.append(("wait", pause(random)))
            case 3:
                events.append(("connect", random.choice((None, 300, 49333))))
            case 4:
                events.append(("fail", random.choice([failure.name for failure in CallFailure])))
            case 5:
                events.append((random.choice(("ring", "ring back")),))
            case 6:
                events.append(("remote", random.randbytes(random.choice((0, 1, 20, 40_000)))))
            case 7:
                events.append(("lose", random.random() < 0.5))
            case 8:
                events.append(("octets", random.choice(_LINES), ()))
            case _:
                kind, data, cuts = _line(random, words)
                events.append((kind, b"AT" + data + b"\r" if random.random() < 0.7 else data, cuts))
    return random.choice(shipped_names()), words is not _COMMANDS, tuple(events)


@cache
def _config(profile: str) -> ModemConfig:
    return ModemConfig(shipped(profile).profile)


def _check_modem(profile: str, suspending: bool, events: tuple[Event, ...]) -> None:
    def make() -> tuple[Modem, Mapping[str, Callable[..., None]]]:
        modem = Modem(_config(profile), Ticking() if suspending else None)
        return modem, {
            "rate": modem.see_rate,
            "caller": lambda number, *, now: modem.hear_caller(Caller(number), now=now),
            "power": lambda seconds, *, now: modem._unit.power_up(deaf_until=now + seconds),
            "connect": modem.connect,
            "fail": lambda name, *, now: modem.fail_call(CallFailure[name], now=now),
            "ring": modem.ring,
            "ring back": modem.hear_ring_back,
            "remote": modem.receive_remote_data,
            "lose": lambda cleared, *, now: modem.lose_carrier(now=now, cleared=cleared),
        }

    check_cutting(make, events, _ROOM)


TARGETS = [
    Target("session", _made_session, _check_session, smoke=60),
    Target("modem", _made_modem, _check_modem),
    Target("cellular modem", _made_cellular, _check_session, smoke=60),
]
