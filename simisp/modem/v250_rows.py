"""The commands of ITU-T V.250, in the order of its clauses.

Where a clause has two numbers, it is the chapter. A command that the standard has and that a simulated line gives
nothing to act on is accepted, if programs send it and go on, or declined, if they choose another way when they meet
ERROR.
"""

from __future__ import annotations

from simisp.modem import handlers as do
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range, Values

__all__ = ["V250_ROWS"]

_ACCEPTED, _DECLINED = Disposition.ACCEPTED, Disposition.DECLINED

_CARRIERS = Choice(
    (
        *("V21", "V22", "V22B", "V23C", "V23S", "V32", "V32B", "V34", "V90", "V92", "B103", "B212"),
        *("0", "1", "2", "3", "9", "10", "11", "12", "56"),
    )
)
_RATES = Choice(
    tuple(
        map(
            str,
            (
                0,
                300,
                600,
                1200,
                2400,
                4800,
                9600,
                14400,
                19200,
                28800,
                33600,
                38400,
                57600,
                115200,
                230400,
                460800,
                921600,
            ),
        )
    )
)
_COUNTRIES = Choice(
    ("00", "09", "0A", "0F", "20", "31", "3C", "3D", "42", "59", "7B", "82", "A0", "A5", "A6", "B4", "B5")
)
_BIT_RATE = Range(0, 115200)
_OFF_ON = Range(0, 1)


def _setting(name: str, clause: str, values: Range, factory: int, meaning: str) -> CommandRow:
    """A basic command that stores its value; its users read it from the settings."""
    return CommandRow(name, clause, meaning, do.remember, (values,), (str(factory),))


def _kept(name: str, clause: str, values: Range, factory: int, meaning: str) -> CommandRow:
    """A basic command that stores its value, without effect."""
    return CommandRow(name, clause, meaning, do.remember, (values,), (str(factory),), _ACCEPTED)


def _parameter(name: str, clause: str, meaning: str, *values: tuple[Values, str]) -> CommandRow:
    """An extended command that stores its values; their users read them from the settings."""
    ranges, factory = tuple(each for each, _ in values), tuple(text for _, text in values)
    return CommandRow(name, clause, meaning, do.parameter, ranges, factory)


def _accepted(name: str, clause: str, meaning: str, *values: tuple[Values, str]) -> CommandRow:
    """An extended command that stores its values, without effect."""
    ranges, factory = tuple(each for each, _ in values), tuple(text for _, text in values)
    return CommandRow(name, clause, meaning, do.parameter, ranges, factory, _ACCEPTED)


def _declined(name: str, clause: str, meaning: str) -> CommandRow:
    """A command that gives ERROR in all its forms."""
    return CommandRow(name, clause, meaning, do.decline, disposition=_DECLINED)


_GENERIC = (
    CommandRow("Z", "V.250 6.1.1", "hang up, restore a stored profile", do.numbered(do.reset), (_OFF_ON,)),
    CommandRow("&F", "V.250 6.1.2", "factory settings", do.numbered(do.restore_factory_settings), (_OFF_ON,)),
    CommandRow("I", "V.250 6.1.3", "identify the modem", do.numbered(do.identify), (Range(0, 11),), asks=True),
    CommandRow("+GMI", "V.250 6.1.4", "manufacturer", do.tell_manufacturer, asks=True),
    CommandRow("+GMM", "V.250 6.1.5", "model", do.tell_model, asks=True),
    CommandRow("+GMR", "V.250 6.1.6", "revision", do.tell_revision, asks=True),
    CommandRow("+GSN", "V.250 6.1.7", "serial number", do.tell_serial_number, asks=True),
    CommandRow("+GOI", "V.250 6.1.8", "object identifier", do.tell_object_id, asks=True),
    CommandRow("+GCAP", "V.250 6.1.9", "capabilities", do.list_capabilities, asks=True),
    _accepted("+GCI", "V.250 6.1.10", "country (T.35 code)", (_COUNTRIES, "B5")),
)

_INTERFACE = (
    CommandRow("S", "V.250 5.3.2", "S-register: Sn, Sn=v, Sn?, Sn=?; one bit of it: Sn.b=v, Sn.b?", do.register),
    _setting("E", "V.250 6.2.4", _OFF_ON, 1, "echo of commands"),
    _setting("Q", "V.250 6.2.5", _OFF_ON, 0, "1: no result codes"),
    _setting("V", "V.250 6.2.6", _OFF_ON, 1, "result codes as numbers (0) or words (1)"),
    _setting("X", "V.250 6.2.7", Range(0, 4), 4, "tones detected, rate in CONNECT"),
    _setting("&C", "V.250 6.2.8", _OFF_ON, 1, "DCD always on (0) or with the carrier (1)"),
    _setting("&D", "V.250 6.2.9", Range(0, 3), 2, "DTR off: ignore, command state, hang up, reset"),
    CommandRow(
        "+IPR",
        "V.250 6.2.10",
        "rate to the DTE, bit/s; 0: that of the DTE. Octets at another rate are garbled",
        do.set_rate,
        (_RATES,),
        ("0",),
    ),
    _accepted("+ICF", "V.250 6.2.11", "octet format, parity", (Range(0, 6), "3"), (Range(0, 3), "3")),
    _parameter(
        "+IFC",
        "V.250 6.2.12",
        "flow control by the DTE: XON and XOFF (1), passed on too (3); by the modem",
        (Range(0, 3), "2"),
        (Range(0, 2), "2"),
    ),
    _parameter("+ILRR", "V.250 6.2.13", "1: report the rate to the DTE before CONNECT", (_OFF_ON, "0")),
    _accepted("+ICLOK", "V.250 6.2.14", "clock of a synchronous line", (Range(0, 2), "0")),
    _accepted("+IDSR", "V.250 6.2.15", "DSR; &S has an effect", (Range(0, 2), "0")),
    _accepted("+ILSD", "V.250 6.2.16", "hang-up on a long space", (_OFF_ON, "0")),
    _accepted("+IRTS", "V.250 6.2.17", "what CTS follows on a synchronous line", (_OFF_ON, "0")),
)

_CALLS = (
    CommandRow("D", "V.250 6.3.1", "dial; DL: the last number, DS=n: a stored one", do.dial),
    CommandRow("T", "V.250 6.3.2", "dial by tones", do.numbered(do.dial_by_tones), (Range(0, 0),)),
    CommandRow("P", "V.250 6.3.3", "dial by pulses", do.numbered(do.dial_by_pulses), (Range(0, 0),)),
    CommandRow("A", "V.250 6.3.5", "answer", do.numbered(do.answer), (Range(0, 0),)),
    CommandRow("H", "V.250 6.3.6", "0: hang up", do.numbered(do.hang_up), (_OFF_ON,)),
    CommandRow("O", "V.250 6.3.7", "back to the online data state", do.numbered(do.resume), (_OFF_ON,)),
    _kept("L", "V.250 6.3.13", Range(0, 3), 2, "loudness"),
    _kept("M", "V.250 6.3.14", Range(0, 3), 1, "loudspeaker"),
)

_MODULATION = (
    _parameter(
        "+MS",
        "V.250 6.4.1",
        "modulation: carrier, automatic, lowest and highest rates",
        (_CARRIERS, "V34"),
        (_OFF_ON, "1"),
        *((_BIT_RATE, "0"),) * 4,
    ),
    _parameter("+MR", "V.250 6.4.2", "1, 2: report carrier and rate before CONNECT", (Range(0, 2), "0")),
    _declined("+MA", "V.250 6.4", "modulations that are tried in turn: +MS decides"),
    _accepted("+MSC", "V.250 6.4", "change of rate during a call", (_OFF_ON, "0")),
    _declined("+MV18AM", "V.250 6.4", "message of a text telephone that answers"),
    _declined("+MV18P", "V.250 6.4", "order of the text telephones' probes"),
    _declined("+MV18R", "V.250 6.4", "report of the text telephone's kind"),
    _declined("+MV18S", "V.250 6.4", "text telephones (V.18)"),
)

_ERROR_CONTROL = (
    _parameter(
        "+ES",
        "V.250 6.5.1",
        "error control: none (0, 1), V.42 (2, 3), MNP (4); fall-backs are kept only",
        *((Range(0, 7), "3"), (Range(0, 4), "0"), (Range(0, 9), "2")),
    ),
    _accepted(
        "+EB",
        "V.250 6.5.2",
        "break under error control",
        *((Range(0, 11), "1"), (_OFF_ON, "0"), (Range(0, 255), "30")),
    ),
    _accepted("+ESR", "V.250 6.5.3", "selective repetition", (Range(0, 2), "1")),
    _accepted("+EFCS", "V.250 6.5.4", "check sequence of 32 bits", (Range(0, 2), "1")),
    _parameter("+ER", "V.250 6.5.5", "1: report error control before CONNECT", (_OFF_ON, "0")),
    _accepted(
        "+ETBM",
        "V.250 6.5.6",
        "what becomes of octets under way when a call ends",
        *((Range(0, 2), "1"), (Range(0, 2), "1"), (Range(0, 30), "20")),
    ),
    _accepted("+EWIND", "V.250 6.5.7", "window sizes", (Range(1, 127), "15"), (Range(1, 127), "15")),
    _accepted("+EFRAM", "V.250 6.5.8", "frame lengths", (Range(1, 65535), "128"), (Range(1, 65535), "128")),
)

_COMPRESSION = (
    _parameter(
        "+DS",
        "V.250 6.6.1",
        "compression: none (0) or V.42bis; the rest is kept only",
        *((Range(0, 3), "3"), (_OFF_ON, "0"), (Range(512, 65535), "2048"), (Range(6, 250), "32")),
    ),
    _parameter("+DR", "V.250 6.6.2", "1: report compression before CONNECT", (_OFF_ON, "0")),
    _accepted(
        "+DS44",
        "V.250 6.6",
        "compression after V.44",
        *((Range(0, 3), "3"), (_OFF_ON, "0"), (Range(0, 2), "0")),
        *((Range(256, 65536), "1024"),) * 2,
        *((Range(32, 255), "255"),) * 2,
        *((Range(512, 65535), "3072"),) * 2,
    ),
)

_TESTS = (
    _accepted("+TE140", "V.250 6.7", "the DTE may ask for a remote loop", (_OFF_ON, "1")),
    _accepted("+TE141", "V.250 6.7", "the DTE may ask for a local loop", (_OFF_ON, "1")),
    _accepted("+TEPAL", "V.250 6.7", "the front panel may ask for an analogue loop", (_OFF_ON, "1")),
    _accepted("+TEPDL", "V.250 6.7", "the front panel may ask for a digital loop", (_OFF_ON, "1")),
    _accepted("+TERDL", "V.250 6.7", "the far end may ask for a digital loop", (_OFF_ON, "1")),
    *(
        _declined(name, "V.250 6.7", meaning)
        for name, meaning in (
            ("+TADR", "address for loops"),
            ("+TAL", "local analogue loop"),
            ("+TALS", "state of the analogue loop"),
            ("+TDLS", "state of the digital loop"),
            ("+TLDL", "local digital loop"),
            ("+TMO", "remote loop by V.54"),
            ("+TMODE", "mode of V.54"),
            ("+TNUM", "errors counted in a test"),
            ("+TRDL", "remote digital loop"),
            ("+TRDLS", "state of the remote loop"),
            ("+TRES", "result of the self-test"),
            ("+TSELF", "self-test"),
            ("+TTER", "test of the error rate"),
        )
    ),
)

_PCM = (
    _accepted("+PCW", "V.250 6.8", "a second call comes in: what becomes of the first", (Range(0, 2), "2")),
    _declined("+PMH", "V.250 6.8", "hold of a data call"),
    _declined("+PMHF", "V.250 6.8", "hook flash during hold"),
    _declined("+PMHR", "V.250 6.8", "begin hold"),
    _declined("+PMHT", "V.250 6.8", "how long a call may be held"),
    _accepted("+PIG", "V.250 6.8", "V.90 instead of V.92 upstream", (_OFF_ON, "1")),
    _accepted("+PQC", "V.250 6.8", "shortened handshake", (Range(0, 3), "3")),
    _accepted("+PSS", "V.250 6.8", "use of the shortened handshake", (Range(0, 2), "0")),
)

_OTHER_RECOMMENDATIONS = (
    CommandRow("+FCLASS", "T.31 8.2", "service: 0, data", do.service_class, (Choice(("0",)),), ("0",)),
    *(
        _declined(name, "T.31 8.3", "fax, which needs another service than data")
        for name in ("+FTS", "+FRS", "+FTM", "+FRM", "+FTH", "+FRH")
    ),
    _declined("+FAE", "T.31 8.4", "fax or data, whichever calls"),
    _parameter("+VCID", "V.253", "the caller's number: 1 in lines of words, 2 as it came", (Range(0, 2), "0")),
    CommandRow("+VRID", "V.253", "the caller's number again", do.tell_caller_again, (_OFF_ON,)),
    *(
        _declined(name, clause, meaning)
        for clause, meaning, names in (
            ("V.80", "synchronous access", ("+ESA", "+IBC", "+IBM", "+ITF")),
            ("V.120", "rate adaption for ISDN", ("+CV120", "+CXT")),
            ("V.251", "the phases of V.8", ("+A8E", "+A8J", "+A8M", "+A8R", "+A8T")),
            (
                "V.70",
                "voice and data at once",
                (
                    *("+SAC", "+SAM", "+SAR", "+SARR", "+SAT", "+SCRR", "+SDC", "+SDI", "+SDR"),
                    *("+SRSC", "+STC", "+STH", "+SVC", "+SVM", "+SVR", "+SVRR", "+SVT"),
                ),
            ),
        )
        for name in names
    ),
)

V250_ROWS: tuple[CommandRow, ...] = (
    *_GENERIC,
    *_INTERFACE,
    *_CALLS,
    *_MODULATION,
    *_ERROR_CONTROL,
    *_COMPRESSION,
    *_TESTS,
    *_PCM,
    *_OTHER_RECOMMENDATIONS,
)
"""Every command of V.250, and those of its neighbours that its index names or fax programs ask for."""
