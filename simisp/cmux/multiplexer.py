"""The multiplexer as a machine: frames in and out, each DLC's octets and circuits for its owner.

Both roles are here. The initiator sends SABM on DLCI 0 first; the responder waits for it. The life of the whole:

==========  ======================================  ===================================================================
state       input                                   next state, and effect
==========  ======================================  ===================================================================
waiting     SABM on DLCI 0                          running
waiting     SABM on another DLCI                    waiting; DM, since DLCI 0 has to be first (5.4.1)
running     SABM on DLCI 1 to 61                    running; ``DlcOpened``, then MSC
running     DISC on DLCI 1 to 61                    running; ``DlcClosed``
running     octets for a DLC, by the owner          running; frames, or held while the other side takes none (FC in
                                                    MSC, FCoff)
running     PSC                                     asleep
running     a command is not answered [T2]          running; it is sent again, N2 times
running     CLD, or its response                    over
running     DISC on DLCI 0                          over
running     DLCI 0 does not come up [T1, N2 times]  over
asleep      any frame                               running
asleep      three flags                             running; answered with three flags
asleep      something is to be sent                 waking [T3]: flags, again after each [T1]
waking      flags, or any frame                     running; what has waited is sent
waking      [T3]                                    over
==========  ======================================  ===================================================================

What waits for the other side is bounded: :data:`MOST_HELD` octets a DLC; more are lost, and that is a fact. A command
of the control channel that this machine does not know is answered with NSC.

See Also:
    3GPP TS 27.010, 5.4 (procedures), 5.4.7 (power control), 5.4.8 (flow control), 5.7 (parameters).
"""

from __future__ import annotations

from dataclasses import replace

from simisp.circuits import Circuit
from simisp.cmux.advanced_option import AdvancedReader
from simisp.cmux.basic_option import BasicReader
from simisp.cmux.conduct import CommandBit, DiscAnswer, MuxConduct, SignalsSent
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.control_channel import ControlChannel
from simisp.cmux.control_message import ControlMessage, MessageKind
from simisp.cmux.frame import (
    ANSWERS,
    CARRIES,
    CONTROL_DLCI,
    FlagsRepeated,
    Found,
    FrameDiscarded,
    FrameKind,
    FrameReader,
    MuxFrame,
)
from simisp.cmux.link import DataLink, LinkState
from simisp.cmux.outputs import DlcData, DlcSignals
from simisp.cmux.sender import FrameSender
from simisp.cmux.signals import V24Signals
from simisp.facts.cmux import (
    ControlCommandUnanswered,
    DlcClosed,
    DlcOpened,
    MultiplexerEnded,
    MuxFrameSeen,
    MuxOctetsDiscarded,
)
from simisp.facts.line import OctetsLost
from simisp.machine import Output, earliest

__all__ = ["MOST_HELD", "Multiplexer"]

MOST_HELD = 128 * 1024
"""How many octets of a DLC wait for the other side; more are lost."""


class Multiplexer:
    r"""One side of the multiplexer, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`. Its peer is the other side; its owner hears of octets by
    :class:`~simisp.cmux.outputs.DlcData`, of circuits by :class:`~simisp.cmux.outputs.DlcSignals`, and of DLCs by the
    facts ``DlcOpened`` and ``DlcClosed``. When it is :attr:`over`, :meth:`rest` has what the other side has sent since.

    Args:
        config: What both sides have agreed on.
        conduct: The bad manners of this side.

    Example:
        >>> from simisp.machine import SendData
        >>> modem = Multiplexer(MultiplexerConfig())
        >>> modem.receive_data(bytes.fromhex("f9 03 3f 01 1c f9"), now=0.0)
        >>> [output.data.hex(" ") for output in modem.take_outputs() if isinstance(output, SendData)]
        ['f9 03 73 01 d7 f9']
    """

    def __init__(
        self,
        config: MultiplexerConfig = MultiplexerConfig(),  # noqa: B008 - frozen
        conduct: MuxConduct = MuxConduct(),  # noqa: B008 - frozen
    ) -> None:
        self.over = False
        """Whether the multiplexer has ended."""
        self._config = config
        self._conduct = conduct
        self._reader: FrameReader = (
            AdvancedReader(config.frame_size) if config.advanced else BasicReader(config.frame_size)
        )
        self._links: dict[int, DataLink] = {}
        self._control = ControlChannel(config)
        self._sender = FrameSender(config, conduct)
        self._stopped = False  # by the other side, with FCoff

    # The other side --------------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the other side."""
        self.feed(data, now=now)
        while self.step(now=now):
            pass

    def feed(self, data: bytes, *, now: float) -> None:
        """Take octets from the other side, to be acted on by :meth:`step`."""
        self.handle_timer(now=now)
        if not self.over:
            self._reader.feed(data)

    def step(self, *, now: float) -> bool:
        """Act on the next frame of what was fed; return False if there is none.

        An owner that answers the octets of one frame before the next one is looked at gets the same, however they come.
        """
        if self.over or (found := self._reader.find()) is None:
            return False
        self._take(found, now)
        return True

    def rest(self) -> bytes:
        """Return the octets that came behind the multiplexer's end, and forget them."""
        return self._reader.rest()

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the line below; the multiplexer has no use for it."""

    def next_timer(self) -> float | None:
        """Return the time at which :meth:`handle_timer` should be called, or None if no deadline is pending."""
        if self.over:
            return None
        links = (link.deadline for link in self._links.values())
        return earliest((self._sender.next_timer(), self._control.next_timer(), *links))

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        if self.over:
            return
        if not self._sender.handle_timer(now=now):
            self._end("the other side does not wake up")
        for link in [link for link in self._links.values() if link.deadline is not None and now >= link.deadline]:
            if (kind := link.run_out(due=now + self._config.t1)) is not None:
                self._sender.send(link.dlci, kind, final=True, now=now)
            else:
                self._fell(link, "unanswered")
        if not self.over:
            self._repeat_commands(now)

    def _repeat_commands(self, now: float) -> None:
        for message in self._control.repeated(now):
            self._write_message(message, now)
        for words in self._control.given_up():
            self._sender.emit(ControlCommandUnanswered(words))
            if words == _CLD:
                self._end("CLD, unanswered")

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call, in order, and forget them."""
        return self._sender.take_outputs()

    # The owner -------------------------------------------------------------------------------------------------------

    def open(self, dlci: int, *, now: float) -> None:
        """Ask the other side for a DLC; DLCI 0 has to be the first. Does nothing if there is one."""
        link = self._links.setdefault(dlci, self._new_link(dlci))
        if link.state is LinkState.DOWN and not self.over:
            self._sender.send(
                dlci, link.set_up(due=now + self._config.t1, tries=self._config.tries), final=True, now=now
            )

    def close(self, dlci: int, *, now: float) -> None:
        """Take a DLC down. DLCI 0 ends the multiplexer. Does nothing if there is none."""
        if (link := self._up(dlci)) is not None:
            self._sender.send(
                dlci, link.take_down(due=now + self._config.t1, tries=self._config.tries), final=True, now=now
            )

    def close_down(self, *, now: float) -> None:
        """End the multiplexer by CLD."""
        self.command(MessageKind.CLD, now=now)

    def command(self, kind: MessageKind, value: bytes = b"", *, now: float) -> None:
        """Send a command of the control channel, and repeat it until there is a response. Does nothing without one."""
        if self._up(CONTROL_DLCI) is not None:
            message = ControlMessage(kind.value, command=True, value=value)
            self._control.expect(message, now)
            self._write_message(message, now)

    def send(self, dlci: int, data: bytes, *, now: float) -> None:
        """Send octets on a DLC, or hold them while the other side takes none. Without that DLC they are dropped."""
        link = self._up(dlci)
        if link is None or not data:
            return
        kept = data[: MOST_HELD - len(link.held)]
        link.held += kept
        if len(kept) < len(data):
            self._sender.emit(OctetsLost(len(data) - len(kept), f"DLCI {dlci} takes none"))
        self._pour(link, now)

    def set_signals(self, dlci: int, signals: V24Signals, *, now: float) -> None:
        """Set the circuits of a DLC that this side drives."""
        link = self._up(dlci)
        if link is not None and self._conduct.never_ready and link.own.stopped:
            signals = replace(signals, stopped=True)
        if link is not None and link.own != signals:
            link.own = signals
            self._send_signals(link, now)

    @property
    def held(self) -> int:
        """How many octets wait for the other side."""
        return sum(len(link.held) for link in self._links.values()) + self._sender.held

    def held_on(self, dlci: int) -> int:
        """Return how many octets of one DLC wait for the other side."""
        link = self._links.get(dlci)
        return len(link.held) if link is not None else 0

    def is_up(self, dlci: int) -> bool:
        """Return whether a DLC is up."""
        return self._up(dlci) is not None

    # Frames that come ------------------------------------------------------------------------------------------------

    def _take(self, found: Found, now: float) -> None:
        match found:
            case FlagsRepeated():
                self._take_flags(now)
            case FrameDiscarded(why, octets):
                self._sender.emit(MuxOctetsDiscarded(why, octets))
            case MuxFrame():
                self._wake(now)
                self._take_frame(found, now)

    def _take_flags(self, now: float) -> None:
        sender = self._sender
        answers = sender.is_asleep or not self._config.initiator
        if answers and not sender.is_waking and self._conduct.answers_flags:
            sender.send_flags()
        self._wake(now)

    def _take_frame(self, frame: MuxFrame, now: float) -> None:
        answers = frame.kind in ANSWERS
        # What this side would say in a command, the other side says in an answer.
        fits = frame.command is ((not answers) is (not self._config.initiator))
        if self._conduct.command_bit is CommandBit.STRICT and not fits:
            self._sender.emit(MuxOctetsDiscarded("false C/R bit", len(frame.data)))
            return
        if frame.kind not in CARRIES:
            self._sender.emit(MuxFrameSeen(frame.dlci, frame.kind.name, sent=False, octets=frame.header.hex()))
        if frame.kind is FrameKind.SABM and frame.dlci in self._conduct.unanswered:
            return
        link = self._links.get(frame.dlci) or self._new_link(frame.dlci)
        if frame.kind in CARRIES and link.state is LinkState.UP:
            self._take_octets(link, frame.data, now)
            return
        before = link.state
        answer = link.take(frame.kind, accepts=self._accepts(frame.dlci))
        self._answer(link, frame, answer, now)
        self._moved(link, before, frame.kind, now)

    def _answer(self, link: DataLink, frame: MuxFrame, answer: FrameKind | None, now: float) -> None:
        if answer is None:
            return
        if frame.kind is FrameKind.DISC and self._conduct.disc is not DiscAnswer.UA:
            if self._conduct.disc is DiscAnswer.NOTHING:
                return
            answer = FrameKind[self._conduct.disc.value]
        final = frame.final and self._conduct.final_bit
        self._sender.send(link.dlci, answer, final=final, now=now)

    def _moved(self, link: DataLink, before: LinkState, kind: FrameKind, now: float) -> None:
        """Act on what a frame did to a DLC."""
        if kind is FrameKind.SABM and link.state is LinkState.UP and before is LinkState.UP:
            self._sender.emit(DlcClosed(link.dlci, "SABM"))
            before = LinkState.DOWN
        if link.state is before:
            return
        if link.state is LinkState.UP:
            self._rose(link, now)
        elif link.state is LinkState.DOWN:
            self._fell(link, "refused" if before is LinkState.RISING else kind.name)

    def _rose(self, link: DataLink, now: float) -> None:
        self._links[link.dlci] = link
        link.own, link.peer, link.signalled = V24Signals(), V24Signals(), False
        self._sender.emit(DlcOpened(link.dlci))
        if link.dlci == CONTROL_DLCI:
            return
        if self._conduct.greeting:
            self.send(link.dlci, self._conduct.greeting, now=now)
        if self._conduct.signals is SignalsSent.AT_ONCE:
            self._send_signals(link, now)

    def _fell(self, link: DataLink, why: str) -> None:
        self._links.pop(link.dlci, None)
        self._control.forget(link.dlci)
        self._sender.emit(DlcClosed(link.dlci, why))
        if link.dlci == CONTROL_DLCI:
            self._end(why)

    def _end(self, why: str) -> None:
        """End the multiplexer: every DLC is down."""
        if self.over:
            return
        self.over = True
        self._sender.end()
        for dlci in sorted(self._links):
            self._sender.emit(DlcClosed(dlci, why))
        self._links.clear()
        self._sender.emit(MultiplexerEnded(why))

    def _take_octets(self, link: DataLink, data: bytes, now: float) -> None:
        if link.dlci == CONTROL_DLCI:
            for message in self._control.take(data):
                self._take_message(message, now)
        elif data:
            self._sender.emit(DlcData(link.dlci, data))
            if self._conduct.never_ready and not link.own.stopped:
                link.own = replace(link.own, stopped=True)
                self._send_signals(link, now)

    # The control channel ---------------------------------------------------------------------------------------------

    def _take_message(self, message: ControlMessage, now: float) -> None:
        if self.over:
            return
        self._sender.emit(_seen(message, sent=False))
        kind = message.kind
        if message.command:
            answer = self._control.answer(message, self._links)
            if answer is not None:
                self._write_message(answer, now)
            self._obey(message, now)
            return
        self._control.answered(message)
        if kind is MessageKind.CLD:
            self._end("CLD")
        elif kind is MessageKind.PSC:
            self._sender.sleep()
        elif kind is MessageKind.PN:
            self._control.agree(message, self._links)

    def _obey(self, message: ControlMessage, now: float) -> None:
        """Do what a command says, once it has been answered."""
        match message.kind:
            case MessageKind.CLD:
                self._end("CLD")
            case MessageKind.PSC:
                self._sender.sleep()
            case MessageKind.FCON:
                self._stopped = False
                self._pour_all(now)
            case MessageKind.FCOFF:
                self._stopped = True
            case MessageKind.MSC:
                self._take_signals(message, now)

    def _take_signals(self, message: ControlMessage, now: float) -> None:
        link = self._up(message.dlci)
        if link is None or link.dlci == CONTROL_DLCI or len(message.value) < 2:
            return
        link.peer = V24Signals.of(message.value[1])
        self._sender.emit(DlcSignals(link.dlci, link.peer))
        if self._conduct.signals is SignalsSent.AFTER_THE_CLIENT and not link.signalled:
            self._send_signals(link, now)
        self._pour(link, now)

    def _send_signals(self, link: DataLink, now: float) -> None:
        link.signalled = True
        if self._conduct.signals is not SignalsSent.NEVER:
            self.command(MessageKind.MSC, bytes((link.dlci << 2 | 3, link.own.octet)), now=now)

    def _write_message(self, message: ControlMessage, now: float) -> None:
        self._sender.emit(_seen(message, sent=True))
        link = self._links[CONTROL_DLCI] if CONTROL_DLCI in self._links else self._new_link(CONTROL_DLCI)
        self._sender.send_in_frames(CONTROL_DLCI, FrameKind.UIH, message.encode(), link.frame_size, now=now)

    # Frames that go --------------------------------------------------------------------------------------------------

    def _pour_all(self, now: float) -> None:
        for link in list(self._links.values()):
            self._pour(link, now)

    def _pour(self, link: DataLink, now: float) -> None:
        """Send what a DLC holds, if the other side takes it."""
        if not link.held or self._stopped or link.peer.stopped:
            return
        if self._sender.is_asleep:
            self._sender.rouse(now)
            return
        data = bytes(link.held)
        link.held.clear()
        kind = FrameKind.UI if link.in_ui else FrameKind.UIH
        size = 1 if self._conduct.octet_a_frame else link.frame_size
        self._sender.send_in_frames(link.dlci, kind, data, size, now=now)

    def _wake(self, now: float) -> None:
        """The other side is awake, and so is this one."""
        if self._sender.wake():
            self._pour_all(now)

    # Details ---------------------------------------------------------------------------------------------------------

    def _new_link(self, dlci: int) -> DataLink:
        link = DataLink(dlci, self._config.frame_size)
        link.in_ui = self._config.in_ui
        self._control.prepare(link)
        return link

    def _up(self, dlci: int) -> DataLink | None:
        link = self._links.get(dlci)
        return link if link is not None and link.state is LinkState.UP else None

    def _accepts(self, dlci: int) -> bool:
        return dlci == CONTROL_DLCI or (dlci in self._config.dlcis and self._up(CONTROL_DLCI) is not None)


_CLD = ControlMessage(MessageKind.CLD.value, command=True).words


def _seen(message: ControlMessage, *, sent: bool) -> MuxFrameSeen:
    return MuxFrameSeen(message.dlci, message.words, sent, message.encode().hex(), is_message=True)
