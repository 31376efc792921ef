"""Our chat and pppd's chat, side by side: one exit status, one duration, the same octets at the same times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from simisp.chat.meaning import Substitutions
from simisp.chat.program import ChatOptions
from simisp.chat.reader import read_chat, script_of
from support.chat_play import play_chat
from support.rounds import rounds
from support.virtual_line import FarEnd, VirtualLine, modem_and_isp

pytestmark = pytest.mark.runner("chat")

CHAT = "/usr/sbin/chat"
Opening = Sequence[tuple[float, bytes]]


@dataclass(frozen=True)
class Case:
    """One script, and what the far end says by itself."""

    words: Sequence[str] = ()
    says: Opening = ()
    file: str | None = None
    options: Sequence[str] = ()
    ours: ChatOptions = field(default_factory=ChatOptions)


def words(text: str, *says: tuple[float, bytes]) -> Case:
    return Case(text.split(" "), says)


def file(text: str, *says: tuple[float, bytes]) -> Case:
    return Case(says=says, file=text, options=["-t", "2"], ours=ChatOptions(2))


SENT = (
    r"a\bb a\cb ab\c \c a\\b a\Nb a\0b a\7b a\77b a\1012 a\400b a\8b a\pb a\q\c a\r\n\tb a\sb a\xb a\T\U a\K\db "
    r"a^Mb a^@b a^^b a^ a^?b a\^b a\134c a$b a\$b EOT BREAK EOT\c @ a@b \c\c a\-b a-b ä \EOT \v\f\a"
)
SENDS = Case([word for each in SENT.split(" ") for word in ("", each)])

CASES = {
    "every escape that is sent": SENDS,
    "a backslash at the end of what is sent": Case(["", "a\\"]),
    "a long time-out": words("TIMEOUT 3600 foo x", (3599.0, b"foo")),
    "a time-out of 0 is the usual one": words("TIMEOUT 0 foo"),
    "a time-out with letters": words("TIMEOUT 5x foo", (6.0, b"foo")),
    "a time-out that is no number": words("TIMEOUT abc foo"),
    "a sub-send at the end makes a time-out a success": words("TIMEOUT 5 foo-bar baz x"),
    "sub-sends one after the other": words("TIMEOUT 5 foo-bar-qux-quux-x y"),
    "an empty sub-send": words("TIMEOUT 5 foo--bar", (7.0, b"bar")),
    "an escaped hyphen": words(r"TIMEOUT 5 fo\-o x", (1.0, b"fo-o")),
    "a hyphen first": words("TIMEOUT 5 -foo-bar x"),
    "an empty sub-send at the end": words("TIMEOUT 5 foo-- x"),
    "EOT as a sub-send": words("TIMEOUT 2 foo-EOT-bar x", (3.0, b"bar")),
    "the second ABORT text": words("ABORT BUSY ABORT NO  AT OK x", (0.5, b"NO CARRIER\r\n")),
    "an ABORT text that came while it sent": words("ABORT BUSY  ATZ OK x", (0.001, b"BUSY OK")),
    "an ABORT text is the beginning of what is expected": words("ABORT CONN CONNECT x", (1.0, b"CONNECT")),
    "an ABORT text is what is expected": words("ABORT foo foo x", (1.0, b"foo")),
    "CLR_ABORT moves the numbers": words("ABORT A1 ABORT B2 ABORT C3 CLR_ABORT A1 foo", (1.0, b"A1 C3")),
    "an empty ABORT text": Case(["ABORT", "", "foo", "x"], [(1.0, b"zz")]),
    "an ABORT text with escapes": words(r"ABORT A\sB ABORT C\c foo x", (1.0, b"Cc")),
    "an ABORT text that is too long": words(f"ABORT {'a' * 50} foo x"),
    "too many ABORT texts": Case([*["ABORT", "b"] * 50, "ABORT", "a", "foo", "x"]),
    "the fiftieth ABORT text": Case([*["ABORT", "b"] * 49, "ABORT", "a", "foo"], [(1.0, b"a")]),
    "a keyword as another one's value": words("ABORT TIMEOUT TIMEOUT 3 foo x", (1.0, b"TIMEOUT")),
    "seven bits": words("foo x", (1.0, b"\xe6\xef\xef")),
    "no match over two waits": words("TIMEOUT 2 ab x\\c bc", (1.0, b"abc")),
    "delays as long as the time-out": words(r"TIMEOUT 2  A\d\dB  c"),
    "delays longer than the time-out": words(r"TIMEOUT 2  A\d\d\dB  c"),
    "a send longer than the time-out": words(f"TIMEOUT 1  {'x' * 150}  c"),
    "an expected text that is too long": words(f"TIMEOUT 2 {'a' * 1025} x"),
    "a text to report and expect": words("REPORT CONN CONN x foo y", (1.0, b"CONN 1\r\nfoo")),
    "a report at the end of a script is waited for": words(
        "REPORT CONN CONN x", (1.0, b"CONN"), (1.5, b" 33"), (2.3, b"6")
    ),
    "a report at an ABORT text is waited for": words("REPORT CONN ABORT CONN foo", (1.0, b"CONN 12")),
    "a report where a send takes too long is waited for": words(
        r"TIMEOUT 1 REPORT CONN CONN a\d\db", (0.5, b"CONN 1\r")
    ),
    "the numbers to dial": Case(
        ["", r"D\T,\U"],
        options=["-T", r"5\d1^M\\", "-U", "7"],
        ours=ChatOptions(substitutions=Substitutions(rb"5\d1^M\\", b"7")),
    ),
    "comments, quotes and tabs": file("# c\n'' 'a b'\"c'\"\n#x\n\t''\t'd\\'e'\n", (0.1, b"c'")),
    "a quote in a word": file("'' a\"b c\" x\n", (0.2, b'c"')),
    "a hash in the middle": file("'' AT # comment\n", (0.5, b"#")),
    "a word without its closing quote": file("'' AT OK \"ab\n", (0.5, b"OK")),
    "line ends of Windows": file("'' AT\r\nOK x\r\n", (0.5, b"OK\r\n")),
    "a byte order mark": file("\ufeff'' AT\n"),
    "NUL in a line": file("'' AT\0B OK\n"),
    "a line that is cut": file(f"'' {'a' * 10}{' ' * 1006}'' bcdefgh\n"),
    "a comment where a line is cut": file(f"'' {'a' * 10}{' ' * 1007}'' #bcdefgh\n '' Q\n"),
    "an empty file": file(""),
}  # fmt: skip


def received(line: Sequence[tuple[float, str, bytes]]) -> list[tuple[int, int]]:
    return [(round(at * 100), octet) for at, side, data in line if side == "C" for octet in data]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_chat_does_ours_does_to_the_hundredth_of_a_second(case: Case, tmp_path: Path) -> None:
    arguments = [CHAT, *case.options, *case.words]
    if case.file is not None:
        (tmp_path / "a.chat").write_text(case.file, encoding="utf-8", newline="")
        arguments += ["-f", str(tmp_path / "a.chat")]
    with VirtualLine(FarEnd(opening=case.says)) as line:
        theirs = line.run(arguments)
    script = script_of(case.words) if case.file is None else read_chat((tmp_path / "a.chat").read_bytes())
    ours = play_chat(script, FarEnd(opening=case.says), case.ours)
    assert ours.status == theirs.status
    assert ours.seconds == pytest.approx(theirs.seconds)
    assert ours.sent == received(theirs.line)


LOGIN = "ABORT BUSY TIMEOUT 60 '' ATZ OK ATDT1 CONNECT \\d\\c ervice: internet ogin:--ogin: joe assword: '@{pw}' PPP ''"


@pytest.mark.parametrize("works", [True, False])
def test_a_whole_log_in_with_a_password_from_a_file_is_the_same(works: bool, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_bytes(b"se\\scret\\q\n")
    script = tmp_path / "login.chat"
    script.write_text(LOGIN.format(pw=password))
    prompts: dict[bytes, Opening] = {
        b"internet": [(1.0, b"login: ")],
        b"joe": [(0.5, b"Password: ")],
        b"se cret": [(2.0, b"PPP\r\n")],
    }

    def far_end() -> FarEnd:
        return modem_and_isp(prompts if works else None)

    with VirtualLine(far_end()) as line:
        theirs = line.run([CHAT, "-f", str(script)])
    options = ChatOptions(read_file=lambda name: Path(name).read_bytes())
    ours = play_chat(script.read_bytes(), far_end(), options)
    assert (ours.status, ours.sent) == (theirs.status, received(theirs.line))
    assert ours.seconds == pytest.approx(theirs.seconds)
    assert ours.status == (0 if works else 3)


def test_a_time_out_of_0_as_an_option_waits_forever() -> None:
    with VirtualLine() as line:
        theirs = line.run([CHAT, "-t", "0", "foo"])
    assert theirs.proof is not None
    ours = play_chat("foo", options=ChatOptions(None))
    assert ours.status is None
    assert ours.run.reads


RANDOM_TEXT = r"""ABORT CLR_ABORT REPORT CLR_REPORT TIMEOUT ECHO HANGUP SAY ON OFF BUSY CONNECT OK NO\sCARRIER EOT BREAK
'' "" 'a_b' ogin:--ogin: x-y-z OK-AT-OK \c \d\c a\qb \T \U ^M ^J #x @ @/nowhere 3 1 0 - -- a- -a \- 'it\'s' "q"r
\101\0\7 \\ \ a^ \K\p ä AT O K B\N \r\n ' \377"""
HEARD = [b"OK", b"OK\r\n", b"CONNECT 9600\r\n", b"BUSY", b"NO CARRIER\r\n", b"ogin:", b"a b", b"x", b"z", b"O", b"K",
         b"\xcf\xcb", b"\0", b"AT", b"A", b"B", b"\r\n", b"it's"]  # fmt: skip


@pytest.mark.parametrize("seed", range(rounds(15)))
def test_a_script_of_random_words_does_the_same_in_both(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    chosen = [random.choice(RANDOM_TEXT.split()).replace("_b", " b") for _ in range(random.randint(1, 14))]
    text = "TIMEOUT 2 " + "".join(word + random.choice([" ", " ", "\t", "\n", " \n"]) for word in chosen)
    script = tmp_path / "random.chat"
    script.write_bytes(text.encode(random.choice(["utf-8", "latin-1"])))
    # Nothing is said in the instant in which chat does something.
    says = sorted((random.randint(5, 900) / 100 + 0.004, random.choice(HEARD)) for _ in range(random.randint(0, 9)))
    with VirtualLine(FarEnd(opening=says)) as line:
        theirs = line.run([CHAT, "-f", str(script)])
    ours = play_chat(script.read_bytes(), FarEnd(opening=says))
    assert (ours.status, ours.sent) == (theirs.status, received(theirs.line)), text
    assert ours.seconds == pytest.approx(theirs.seconds)
