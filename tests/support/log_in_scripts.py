"""One log-in, as a script of each program that dials: what it says, what it hears, and how long it waits for that."""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "ASYNCIO",
    "CHAT",
    "COMGT",
    "DASH",
    "EXPECT",
    "EXPECT_CU",
    "EXPECT_MINICOM",
    "EXPECT_OPENS",
    "EXPECT_PICOCOM",
    "KERMIT",
    "MINICOM",
    "MINICOM_INSIDE",
    "PYSERIAL",
    "PYTHON_STEPS",
    "SCP",
    "SELECT",
    "SHELL",
    "STEPS",
    "uucp_files",
    "wvdial_settings",
]

STEPS = (
    ("ATZ", "OK", 5),
    ("ATDT1", "CONNECT", 60),
    ("", "Service?", 20),
    ("PPP", "name:", 20),
    ("joe", "word:", 20),
    ("secret", "starting", 20),
)
"""What a script says, then hears, within so many seconds. When it does not, it ends with exit status 3."""

CHAT = (
    "ABORT BUSY\n''\n"
    + "".join(f"{says or chr(92) + 'c'}\nTIMEOUT {limit}\n{hears}\n" for says, hears, limit in STEPS)
    + "\\c\n"
)

_MINICOM = "timeout 300\n" + "".join(
    (f'send "{says}"\n' if says else "") + f'expect {{\n "{hears}"\n timeout {limit} goto fail\n}}\n'
    for says, hears, limit in STEPS
)
MINICOM = _MINICOM + "exit 0\nfail:\nexit 3\n"
MINICOM_INSIDE = _MINICOM + 'print "LOGIN OK"\nsleep 1\nexit 0\nfail:\nprint "LOGIN FAILED"\nsleep 1\nexit 3\n'
"""minicom shows what its script prints, and drops what it has not shown when the script ends."""

KERMIT = "set modem type none\nset carrier-watch off\nset line \\%1\nif fail exit 7\nset flow none\n" + "".join(
    (f"output {says}\\13\n" if says else "") + f"input {limit} {hears}\nif fail exit 3\n"
    for says, hears, limit in STEPS
)
KERMIT += "exit 0\n"

COMGT = "opengt\n set com 115200n81\n set comecho off\n set senddelay 0.01\n" + "".join(
    (f' send "{says}^m"\n' if says else "") + f' waitfor {limit} "{hears}"\n if % = -1 goto fail\n'
    for says, hears, limit in STEPS
)
COMGT += " exit 0\n:fail\n exit 3\n"

SCP = "proc main\n" + "".join(
    (f'  transmit "{says}^M"\n' if says else "")
    + f'  waitfor "{hears}" until {limit}\n  if !$SUCCESS then\n    halt\n  endif\n'
    for says, hears, limit in STEPS
)
SCP += "endproc\n"

_SHELL_STEPS = "".join(
    (f"printf '{says}\\r'\n" if says else "") + f"hear {hears.rstrip(':?')} {limit}\n" for says, hears, limit in STEPS
)
SHELL = """hear() {
  while read -r -d ":" -t "$2" -n 1 c; do
    got="$got$c"
    case "$got" in *"$1"*) got=; return;; esac
  done
  exit 3
}
"""
SHELL += _SHELL_STEPS
"""For shells whose read has a time limit."""
DASH = """hear() {
  timeout "$2" sh -c 'while got="$got$(dd bs=256 count=1 2>/dev/null)"; do
    case "$got" in *"$0"*) exit 0;; esac
  done' "$1" || exit 3
}
"""
DASH += _SHELL_STEPS

PYTHON_STEPS = f"STEPS = {STEPS}\n"
"""What each of the three below begins with."""
PYSERIAL = """
import serial, sys
port = serial.Serial(sys.argv[1], 115200)
for says, hears, limit in STEPS:
    port.timeout = limit
    if says:
        port.write(says.encode() + b'\\r')
    if not port.read_until(hears.encode()).endswith(hears.encode()):
        sys.exit(3)
"""
SELECT = """
import os, select, sys, time, tty
line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(line)
for says, hears, limit in STEPS:
    os.write(line, says.encode() + b'\\r' if says else b'')
    end, heard = time.monotonic() + limit, b''
    while hears.encode() not in heard:
        if not select.select([line], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit(3)
        heard += os.read(line, 100)
"""
ASYNCIO = """
import asyncio, os, sys, tty
async def main():
    line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(line)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), open(line, 'rb', 0))
    for says, hears, limit in STEPS:
        os.write(line, says.encode() + b'\\r' if says else b'')
        try:
            await asyncio.wait_for(reader.readuntil(hears.encode()), limit)
        except asyncio.TimeoutError:
            return 3
sys.exit(asyncio.run(main()))
"""

EXPECT_OPENS = """
set line [open [lindex $argv 0] r+]
fconfigure $line -translation binary -buffering none -blocking 0
spawn -noecho -open $line
"""
EXPECT_CU = """
log_user 0
set timeout 20
spawn -noecho cu --nostop -l [lindex $argv 0] -s 115200 dir
expect {
  Connected {}
  timeout { exit 6 }
}
# It says so before it has made its terminal raw, and would turn a CR that came at once into an LF.
sleep 1
"""
EXPECT_PICOCOM = """
log_user 0
set timeout 20
spawn -noecho picocom -b 115200 [lindex $argv 0]
expect {
  "Terminal ready" {}
  timeout { exit 6 }
}
"""
EXPECT = """
proc step {says hears limit} {
  if {$says ne ""} { send -- "$says\\r" }
  set ::timeout $limit
  expect {
    $hears {}
    timeout { exit 3 }
    eof { exit 5 }
  }
}
"""
EXPECT += "".join(f'step "{says}" {hears} {limit}\n' for says, hears, limit in STEPS) + "exit 0\n"
"""What follows each of the three above."""
EXPECT_MINICOM = """
log_user 0
set timeout 300
set env(TERM) vt100
spawn -noecho minicom -o -D [lindex $argv 0] -b 115200 -S [lindex $argv 1]
expect {
  "LOGIN OK" { set status 0 }
  "LOGIN FAILED" { set status 3 }
  timeout { exit 4 }
  eof { exit 5 }
}
# It takes no key before its script has ended.
sleep 2
send "\\001q"
expect {
  "Yes" {}
  timeout { exit 6 }
}
send "\\r"
expect {
  eof {}
  timeout { exit 6 }
}
exit $status
"""

_WVDIAL = """[Dialer Defaults]
Modem = {port}
Baud = 115200
Init1 = ATZ
Phone = {number}
Dial Command = ATDT
Username = {user}
Password = {password}
Login Prompt = {prompts[0]}
Password Prompt = {prompts[1]}
Default Reply = {reply}
Carrier Check = no
Auto Reconnect = off
Dial Attempts = 1
Check DNS = off
Check Def Route = off
Auto DNS = off
{more}
"""

_UUCP = {
    "config": """
nodename testnode
spool {folder}/spool
pubdir {folder}/public
lockdir /var/lock
logfile {folder}/log
statfile {folder}/stats
debugfile {folder}/debug
sysfile {folder}/sys
portfile {folder}/port
dialfile {folder}/dial
callfile {folder}/call
""",
    "port": """
port simmodem
type modem
device {port}
speed 115200
carrier false
hardflow false
dialer hayes
""",
    "dial": r"""
dialer hayes
chat "" ATZ\r\c OK\r ATDT\D\r\c CONNECT
chat-fail BUSY
chat-timeout {connect_within}
""",
    "sys": r"""
system isp
call-login {user}
call-password {password}
time any
max-retries 0
phone {number}
port simmodem
chat-timeout {within}
chat {chat}
""",
    "call": "isp {user} {password}\n",
}


def wvdial_settings(
    port: str, *, user: str, password: str, number: str, prompts: tuple[str, str], reply: str, more: str
) -> str:
    """Return the text of wvdial's configuration file.

    Args:
        port: The modem's.
        user: The user name.
        password: The password.
        number: The number.
        prompts: What asks for the two, without the first letter.
        reply: What any other prompt is answered with.
        more: More settings, a line each.
    """
    return _WVDIAL.format(
        port=port, user=user, password=password, number=number, prompts=prompts, reply=reply, more=more
    )


def uucp_files(
    folder: Path, port: str, *, user: str, password: str, number: str, chat: str, connect_within: int, within: int
) -> dict[str, str]:
    """Return uucico's files by name, with which it calls the system "isp".

    Args:
        folder: Where they lie, and what uucico writes.
        port: The modem's.
        user: The user name.
        password: The password.
        number: The number.
        chat: The log-in after CONNECT, as the sys file has it.
        connect_within: How long the modem may take to connect, in seconds.
        within: How long each wait of the log-in may take, in seconds.
    """
    values = {
        "folder": folder, "port": port, "user": user, "password": password, "number": number, "chat": chat,
        "connect_within": connect_within, "within": within,
    }  # fmt: skip
    return {name: text.format_map(values) for name, text in _UUCP.items()}
