"""A host with a modem's multiplexer, in real time: one channel is a terminal for a program, others take commands."""

from __future__ import annotations

import asyncio
import os
import termios
import tty
from collections.abc import Callable

from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.multiplexer import Multiplexer
from simisp.testing.memory_line import MemoryLine
from support.two_muxes import MuxSide

__all__ = ["MuxHost"]

_FRAME = 127


class MuxHost:
    """The client's side of a multiplexer on a line in memory.

    Args:
        line: The line, whose modem has AT+CMUX.
        channel: The channel that the terminal is.
    """

    def __init__(self, line: MemoryLine, channel: int) -> None:
        self._line = line
        self._channel = channel
        self._side = MuxSide(Multiplexer(MultiplexerConfig(initiator=True, frame_size=_FRAME)))
        self._reader, self._writer = line.open()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._passed = 0
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def terminal(self) -> str:
        """The path of the terminal."""
        return os.ttyname(self._slave)

    def flush(self) -> None:
        """Forget what has come for the terminal and was not read: a program before may have left it."""
        termios.tcflush(self._slave, termios.TCIFLUSH)

    async def begin(self, *channels: int) -> None:
        """Turn the line into a multiplexer and open channels."""
        self._writer.write(f"AT+CMUX=0,0,5,{_FRAME}\r".encode())
        await self._reader.readuntil(b"OK\r\n")
        self._task = asyncio.get_running_loop().create_task(self._hear())
        asyncio.get_running_loop().add_reader(self._master, self._take_from_terminal)
        for channel in (0, *channels):
            self._side.mux.open(channel, now=self._line.now)
            self._settle()
            while channel not in self._side.ups:
                await self._stirring()

    async def ask(self, channel: int, command: str) -> str:
        """Send a command on a channel, and return all up to its OK."""
        before = self.say(channel, command.encode() + b"\r")
        return (await self.heard(channel, lambda said: b"\r\nOK\r\n" in said, before)).decode()

    def say(self, channel: int, data: bytes) -> int:
        """Send octets on a channel; return how many have come on it so far."""
        self._side.mux.send(channel, data, now=self._line.now)
        self._settle()
        return len(self._side.heard.setdefault(channel, bytearray()))

    async def heard(self, channel: int, enough: Callable[[bytes], bool], start: int = 0) -> bytes:
        """Wait until what has come on a channel, from an index on, is enough; return it."""
        while not enough(said := bytes(self._side.heard[channel][start:])):
            await self._stirring()
        return said

    async def stopped(self, channel: int, stopped: bool) -> None:
        """Wait until the modem has set FC of a channel, or cleared it."""
        while self._side.signals[channel].stopped is not stopped:
            await self._stirring()

    async def end(self) -> None:
        """Leave everything."""
        asyncio.get_running_loop().remove_reader(self._master)
        if self._task is not None:
            self._task.cancel()
        self._writer.close()
        os.close(self._master)
        os.close(self._slave)

    async def _stirring(self) -> None:
        self._stirred.clear()
        await self._stirred.wait()

    async def _hear(self) -> None:
        while data := await self._reader.read(4096):
            self._side.mux.receive_data(data, now=self._line.now)
            self._settle()

    def _take_from_terminal(self) -> None:
        self._side.mux.send(self._channel, os.read(self._master, 4096), now=self._line.now)
        self._settle()

    def _settle(self) -> None:
        self._side.settle()
        if self._side.to_peer:
            self._writer.write(bytes(self._side.to_peer))
            self._side.to_peer.clear()
        heard = self._side.heard.get(self._channel, b"")
        if len(heard) > self._passed:
            self._passed += os.write(self._master, heard[self._passed :])
        self._stirred.set()
