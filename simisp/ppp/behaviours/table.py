"""All bad behaviours: what each does, where it was met, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simisp.ppp.behaviours import authentication, framing, link_up, negotiation, network
from simisp.ppp.behaviours.misconduct import Misconduct

__all__ = ["BEHAVIOURS", "BehaviourPlace", "BehaviourRow"]


class BehaviourPlace:
    """When a behaviour shows."""

    LINE = "on the line"
    LCP = "in LCP"
    LOG_IN = "in the log-in"
    NETWORK = "in IPCP"
    UP = "with the link up"


@dataclass(frozen=True, slots=True)
class BehaviourRow:
    """One behaviour.

    Attributes:
        name: Its name in a scenario.
        place: When it shows, a value of :class:`BehaviourPlace`.
        what: What the far end does, as a clause.
        reported: Where a client was reported to fail on it; empty if it stands for itself.
        make: Its class; one is made for each call.
        pppd: What pppd 2.4 comes to with its usual timers and ``lcp-echo-interval 10 lcp-echo-failure 3``: its exit
            status, where 5 means that the link came up and stayed so until a signal; None if it goes on forever.
        seconds: How long after the call was answered pppd has ended it, or with 5, how long after that it was up, in
            whole seconds of pppd's own timers.
        options: Options of pppd without which the behaviour would not show.
        endless_by: The way to log in with which pppd goes on forever, where the others end it; empty if there is none.
    """

    name: str
    place: str
    what: str
    reported: str
    make: type[Misconduct]
    pppd: int | None
    seconds: int | None = None
    options: tuple[str, ...] = ()
    endless_by: str = ""


_UP = 5
_ROWS = (
    BehaviourRow(
        "silent in LCP", BehaviourPlace.LCP, "says nothing and answers nothing", "ppp-project/ppp#556",
        negotiation.SilentInLcp, 16, 31,
    ),
    BehaviourRow(
        "reflects everything", BehaviourPlace.LCP, "sends every octet back, as a looped line or a shell's echo does",
        "ppp-project/ppp#14", negotiation.ReflectsEverything, 17, 1,
    ),
    BehaviourRow(
        "answers late", BehaviourPlace.LCP, "sends each frame 3.2 s late, a little after the client's restart timer",
        "ppp-project/ppp#434", negotiation.AnswersLate, None,
    ),
    BehaviourRow(
        "new identifiers", BehaviourPlace.LCP,
        "asks anew each second under another identifier, hears the client's requests 2 s late, and answers no "
        "Echo-Request",
        "ppp-project/ppp#347", negotiation.NewIdentifiers, None,
    ),
    BehaviourRow(
        "endless naks", BehaviourPlace.LCP, "answers each Configure-Request by a Nak with another MRU, 0.2 s later", "",
        negotiation.EndlessNaks, None,
    ),
    BehaviourRow(
        "endless rejects", BehaviourPlace.LCP,
        "rejects an option of each Configure-Request, and one that was not asked for if there is none", "",
        negotiation.EndlessRejects, 16, 31,
    ),
    BehaviourRow(
        "same magic number", BehaviourPlace.LCP, "always has the client's magic number, and refuses it with itself",
        "ppp-project/ppp#14", negotiation.SameMagic, 17, 1,
    ),
    BehaviourRow(
        "still in the log-in", BehaviourPlace.LCP,
        "has not left its log-in: it echoes what can be printed, and hangs up after 60 s",
        "the failed .scp of KB 175410", negotiation.StillInLogIn, 16, 31,
    ),
    BehaviourRow(
        "wrong check sequence", BehaviourPlace.LINE, "sends no frame with a check sequence that fits", "",
        framing.WrongCheckSequence, 16, 30,
    ),
    BehaviourRow(
        "garbled frames", BehaviourPlace.LINE, "inverts a bit of each seventh frame", "", framing.GarbledFrames, _UP, 6,
    ),
    BehaviourRow(
        "flag inside a frame", BehaviourPlace.LINE, "leaves a flag unescaped in the middle of each seventh frame",
        "tass-belgium/picotcp#282", framing.FlagInside, _UP, 6,
    ),
    BehaviourRow(
        "nothing escaped", BehaviourPlace.LINE, "takes the map for 0 from the first frame on, in LCP too",
        "zephyr#105292; tass-belgium/picotcp#413", framing.NothingEscaped, 16, 30,
    ),
    BehaviourRow(
        "map changed at once", BehaviourPlace.LINE, "uses the map that the client asks for before it has agreed",
        "zephyr#89580", framing.MapAtOnce, 16, 30,
    ),
    BehaviourRow(
        "compresses though refused", BehaviourPlace.LINE,
        "refuses the options to compress address, control and protocol fields, and compresses them",
        "zephyr#113322; eclipse-threadx/netxduo#136", framing.CompressesAnyway, _UP, 3,
    ),
    BehaviourRow(
        "refuses every log-in", BehaviourPlace.LOG_IN, "refuses every name and password", "",
        authentication.RefusesLogIn, 19, 3,
    ),
    BehaviourRow(
        "asks again and again", BehaviourPlace.LOG_IN, "accepts the log-in and asks for it again, every second",
        "zephyr#66177", authentication.AsksAgain, 10, 33, endless_by="pap",
    ),
    BehaviourRow(
        "CHAP then PAP then over", BehaviourPlace.LOG_IN,
        "asks for CHAP, takes a Nak that suggests PAP, and ends the link at PAP's first request",
        "ppp-project/ppp#83", authentication.ChapThenPapThenOver, 16, 3,
        ("refuse-chap", "refuse-mschap", "refuse-mschap-v2", "refuse-eap"),
    ),
    BehaviourRow(
        "success without its space", BehaviourPlace.LOG_IN, "leaves out the space before M= in MS-CHAP v2's Success",
        "ppp-project/ppp#156", authentication.SuccessWithoutSpace, _UP, 3,
    ),
    BehaviourRow(
        "success of wrong length", BehaviourPlace.LOG_IN, "shortens the proof in MS-CHAP v2's Success by two digits",
        "ppp-project/ppp#471; rtbrick/bngblaster#349", authentication.SuccessOfWrongLength, 19, 3,
    ),
    BehaviourRow(
        "silent after the log-in", BehaviourPlace.NETWORK, "accepts the log-in, and answers nothing of the network",
        "ppp-project/ppp#119", network.SilentAfterLogIn, 10, 33,
    ),
    BehaviourRow(
        "deaf unless the address is zero", BehaviourPlace.NETWORK,
        "answers IPCP only if the client asks for the address 0.0.0.0", "joukewitteveen/netctl#162",
        network.DeafUnlessZero, 10, 33, ("10.9.9.9:",),
    ),
    BehaviourRow(
        "fights over the address", BehaviourPlace.NETWORK,
        "answers each request of IPCP by a Nak with another address, 0.2 s later",
        "ppp-project/ppp#614, #235", network.FightsOverAddress, None,
    ),
    BehaviourRow(
        "rejects the address", BehaviourPlace.NETWORK,
        "rejects the client's address, and agrees to a request without one",
        "adrienverge/openfortivpn#1218", network.RejectsAddress, 10, 3,
    ),
    BehaviourRow(
        "no carrier at IPCP", BehaviourPlace.NETWORK, "drops the carrier at the first request of IPCP",
        "sixfab/rpiShields#12", network.DropsCarrierAtIpcp, 16, 3,
    ),
    BehaviourRow(
        "rejects VJ and DNS", BehaviourPlace.NETWORK, "rejects compression and the servers for names",
        "espressif/esp-protocols#565", network.RejectsVjAndDns, _UP, 3,
    ),
    BehaviourRow(
        "CCP and IPCP at once", BehaviourPlace.NETWORK, "sends a request of CCP in front of each of IPCP",
        "accel-ppp's own tests", network.CcpAndIpcpAtOnce, _UP, 3,
    ),
    BehaviourRow(
        "peer restarts", BehaviourPlace.UP, "begins LCP anew after 5 s, in the middle of the link",
        "apache/nuttx-apps#2568", link_up.PeerRestarts, _UP, 8,
    ),
    BehaviourRow(
        "stops answering echoes", BehaviourPlace.UP, "answers no Echo-Request after 30 s, and everything else", "",
        link_up.StopsAnsweringEchoes, 15, 63,
    ),
    BehaviourRow(
        "terminates with a message", BehaviourPlace.UP, "terminates the link after 5 s, with a message",
        "espressif/esp-protocols#1003", link_up.TerminatesWithMessage, 16, 8,
    ),
    BehaviourRow(
        "terminates and is gone", BehaviourPlace.UP, "sends a Terminate-Request after 5 s, and then nothing more",
        "espressif/esp-protocols#1003", link_up.TerminatesAndIsGone, 16, 11,
    ),
    BehaviourRow(
        "carrier gone", BehaviourPlace.UP, "drops the carrier after 5 s, without a word of PPP",
        "zephyr#75603, #67627", link_up.CarrierGone, 16, 8,
    ),
    BehaviourRow(
        "NO CARRIER as text", BehaviourPlace.UP,
        "puts NO CARRIER into the stream as text, before the first frame, and again after 5 s, then says nothing more",
        "zephyr#118637; esp-protocols#287", link_up.NoCarrierAsText, 16, 49,
    ),
    BehaviourRow(
        "modem restarts", BehaviourPlace.UP,
        "has its modem start anew after 5 s: the carrier is gone, its banner stands in the stream, and what the client "
        "sends then is a command, which it echoes",
        "ppp-project/ppp#491", link_up.ModemRestarts, 16, 8,
    ),
)  # fmt: skip

BEHAVIOURS: Mapping[str, BehaviourRow] = {row.name: row for row in _ROWS}
"""Each behaviour by its name."""
