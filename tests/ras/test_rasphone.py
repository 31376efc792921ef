"""The phone book of Windows NT."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simisp.diagnostics import Severity
from simisp.ras.phonebook import Entry, Protocol
from simisp.ras.rasphone import read_rasphone
from simisp.switchinf import PadCall
from support.narrowed import known
from support.sample_files import RASPHONE


def only(text: str, **arguments: Any) -> Entry:
    read = read_rasphone(text, **arguments)
    (entry,) = read.book
    return entry


def messages(text: str) -> list[tuple[int, int, str]]:
    return [(d.place.line, d.place.column, d.message) for d in read_rasphone(text).diagnostics]


def test_an_entry_of_windows_nt_4_is_read_whole() -> None:
    entry = only(RASPHONE, ports={"com2": "/dev/ttyS1"})
    assert entry.name == "OzEmail"
    assert entry.port == "/dev/ttyS1"
    assert (entry.number, entry.alternatives) == ("5551234", ("5554321",))
    assert entry.protocol is Protocol.PPP
    assert (entry.redials, entry.redial_pause, entry.idle_hang_up) == (3, 20.0, 300.0)
    assert str(entry.script) == "C:\\WINNT\\system32\\ras\\ozemail.scp"
    assert read_rasphone(RASPHONE).diagnostics == ()


def test_a_port_that_was_not_mapped_keeps_its_name() -> None:
    assert only(RASPHONE).port == "COM2"


def test_lines_may_end_in_any_way() -> None:
    for end in ("\r\n", "\r"):
        assert only(RASPHONE.replace("\n", end)).number == "5551234"


def test_the_script_of_windows_2000_stands_under_name() -> None:
    text = "[Home]\nMEDIA=serial\nDEVICE=modem\nPhoneNumber=1\nDEVICE=switch\nName=c:\\cis.scp\nTerminal=0\nScript=1\n"
    assert str(only(text).script) == "c:\\cis.scp"


def test_a_script_that_is_no_file_is_a_section_of_switch_inf() -> None:
    entry = only("[Home]\nDEVICE=modem\nPhoneNumber=1\nDEVICE=switch\nType=[Generic login]\n")
    assert (known(entry.script).path, known(entry.script).section) == ("switch.inf", "Generic login")


def test_slip_is_protocol_2() -> None:
    assert only("[Home]\nBaseProtocol=2\nDEVICE=modem\nPhoneNumber=1\n").protocol is Protocol.SLIP


def test_the_older_protocol_is_told_of() -> None:
    text = "[Home]\nBaseProtocol=3\nDEVICE=modem\nPhoneNumber=1\n"
    assert messages(text) == [(2, 14, "the protocol 3 is neither 1 (PPP) nor 2 (SLIP)")]


def test_never_hanging_up_is_0_or_minus_1() -> None:
    for value in ("0", "-1"):
        text = f"[Home]\nIdleDisconnectSeconds={value}\nDEVICE=modem\nPhoneNumber=1\n"
        assert only(text).idle_hang_up is None


def test_every_mistake_is_told_with_its_place() -> None:
    text = "Port=COM1\n[Home\nRedialAttempts=often\nnonsense\nDEVICE=modem\nPhoneNumber=CALL ME\n"
    assert messages(text) == [
        (1, 1, "this line comes before the first [entry]"),
        (2, 1, "the section's name does not end with ]"),
        (3, 16, "'often' is not a number of times or seconds"),
        (4, 1, "neither a [section] nor a line such as Key=Value"),
        (6, 13, "'CALL ME' is not a number that a modem can dial"),
        (2, 2, "the entry 'Home' has no number to dial"),
    ]


def test_an_entry_without_a_number_is_left_out_with_a_warning() -> None:
    read = read_rasphone("[VPN]\nMEDIA=rastapi\nPort=VPN1-0\n")
    assert len(read.book) == 0
    assert [d.severity for d in read.diagnostics] == [Severity.WARNING]


def test_an_entry_without_a_name_is_skipped() -> None:
    read = read_rasphone("[]\nDEVICE=modem\nPhoneNumber=1\n[Home]\nDEVICE=modem\nPhoneNumber=2\n")
    assert [entry.name for entry in read.book] == ["Home"]
    assert "no name" in read.diagnostics[0].message


def test_a_second_entry_of_the_same_name_does_not_count() -> None:
    entry = "[{}]\nDEVICE=modem\nPhoneNumber={}\n"
    read = read_rasphone(entry.format("Home", 1) + entry.format("HOME", 2))
    assert [found.number for found in read.book] == ["1"]
    assert "a second entry 'HOME'" in read.diagnostics[0].message


def test_a_name_that_exchange_can_not_dial_is_told_of() -> None:
    read = read_rasphone("[An entry of twenty one]\nDEVICE=modem\nPhoneNumber=1\n")
    assert "more than 20 characters" in read.diagnostics[0].message
    assert "87" in read.diagnostics[0].hint


def test_what_is_not_played_is_told_of() -> None:
    before = "[A]\nDEVICE=switch\nType=menu.scp\nDEVICE=modem\nPhoneNumber=1\n"
    window = "[A]\nDEVICE=modem\nPhoneNumber=1\nDEVICE=switch\nType=Terminal\n"
    assert "before dialling" in read_rasphone(before).diagnostics[0].message
    assert "terminal window" in read_rasphone(window).diagnostics[0].message
    assert only(before).script is only(window).script is None


@given(st.text(alphabet="[]=;\nDEVICE=modmPhoneNubr0159 \r\x00é", max_size=300))
def test_no_text_raises(text: str) -> None:
    read_rasphone(text)


def test_a_finding_about_a_later_entry_stands_in_its_own_line() -> None:
    text = "[Home]\nMEDIA=serial\nDEVICE=modem\nPhoneNumber=1\n[VPN]\nMEDIA=rastapi\n[Broken\n[]\n"
    assert messages(text) == [
        (5, 2, "the entry 'VPN' has no number to dial"),
        (7, 1, "the section's name does not end with ]"),
        (7, 2, "the entry 'Broken' has no number to dial"),
        (8, 2, "the entry has no name"),
    ]


PAD = """\
[Packets]
MEDIA=serial
Port=COM1
DEVICE=modem
PhoneNumber=5551234
DEVICE=pad
X25Pad=SprintNet, Standard
X25Address=31103010002000
UserData=opensesame
Facilities=R
DEVICE=switch
Type=login.scp
"""


def test_a_pad_has_its_section_of_pad_inf_its_address_user_data_and_facilities() -> None:
    entry = only(PAD)
    assert read_rasphone(PAD).diagnostics == ()
    assert (known(entry.pad).path, known(entry.pad).section) == ("pad.inf", "SprintNet, Standard")
    assert known(entry.pad).pad == PadCall("31103010002000", "opensesame", "R")
    assert [str(script) for script in entry.scripts] == ["pad.inf [SprintNet, Standard]", "login.scp"]
    assert entry.secrets == ("opensesame",)


def test_what_is_wrong_with_a_pad_is_told_with_its_place() -> None:
    too_long = "3" * 201
    assert messages(PAD.replace("opensesame", "open\tsesame")) == [
        (9, 10, "only printable ASCII can go into a command for a PAD")
    ]
    assert messages(PAD.replace("31103010002000", too_long)) == [
        (8, 12, "201 characters are too long for a PAD; 200 are the most"),
        (1, 2, "the entry 'Packets' has a PAD and no X25Address"),
    ]
    without_a_section = PAD.replace("X25Pad=SprintNet, Standard\n", "")
    assert [message for *_, message in messages(without_a_section)] == [
        "the entry 'Packets' calls through a PAD and has no X25Pad, its section of pad.inf"
    ]
    assert only(without_a_section).pad is None
