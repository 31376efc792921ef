"""A script as the client of ``simisp run`` and ``simisp sweep``, in pure time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simisp.cli.files import read_script
from simisp.cli.password import password_from
from simisp.cli.script_kind import refuse_other_kinds

if TYPE_CHECKING:
    from simisp.runner.run_options import RunOptions
    from simisp.sweep.chat_client import ChatClient
    from simisp.sweep.scp_client import ScpClient

__all__ = ["pure_client"]


class _ScriptCall(Protocol):
    """What a call says of the script that is played; ``script`` or ``chat`` is its file."""

    @property
    def script(self) -> str | None: ...
    @property
    def chat(self) -> str | None: ...
    @property
    def dial(self) -> str | None: ...
    @property
    def user(self) -> str | None: ...
    @property
    def password_file(self) -> str | None: ...


def pure_client(call: _ScriptCall, options: RunOptions) -> ScpClient | ChatClient:
    """Return the client that a call asks for: a dial-up script, or one of pppd's chat.

    Args:
        call: The call.
        options: Patience and deadline.

    Raises:
        ScriptError: The script can't be run.
        FileError: The script, or the password, can't be read, or it is another kind of file.
    """
    from simisp.sweep.scp_client import NUMBER

    number = NUMBER if call.dial is None else call.dial
    if call.chat is not None:
        from simisp.sweep.chat_client import ChatClient

        return ChatClient(read_script(call.chat), call.chat, number.removeprefix("T") or None, options=options)
    from simisp.sweep.scp_client import ScpClient

    assert call.script is not None
    data = read_script(call.script)
    refuse_other_kinds(data, call.script)
    password = password_from(call.password_file) or None
    return ScpClient(data, call.script, number or None, call.user, password, options, call.password_file or "")
