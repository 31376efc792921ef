"""Phone books out of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simisp.dialling.files.phonebook_file import load_phonebook
from simisp.errors import SourceError
from simisp.ras.phonebook import Entry, PostConnectScript, Protocol
from simisp.switchinf import PadCall
from support.narrowed import known
from support.sample_files import EVERY_PHONEBOOK_KEY


def write(folder: Path, text: str, name: str = "phonebook.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def mistakes(folder: Path, text: str, name: str = "phonebook.yaml") -> list[tuple[int, int, str]]:
    with pytest.raises(SourceError) as caught:
        load_phonebook(write(folder, text, name))
    return [(d.place.line, d.place.column, d.message) for d in caught.value.diagnostics]


def test_an_entry_with_every_key(tmp_path: Path) -> None:
    loaded = load_phonebook(write(tmp_path, EVERY_PHONEBOOK_KEY))
    assert loaded.book.find("ozemail") == Entry(
        "OzEmail",
        "5551234",
        "/dev/ttyS0",
        alternatives=("5554321",),
        init=("ATZ", "ATM0"),
        dial="ATDP",
        script=PostConnectScript(str(tmp_path / "switch.inf"), section="Generic login"),
        user="alice",
        protocol=Protocol.SLIP,
        redials=3,
        redial_pause=20.0,
        answer_wait=45.0,
        patience=None,
        idle_hang_up=300.0,
    )
    assert loaded.password_files == {"OzEmail": tmp_path / "secret"}


def test_an_entry_with_two_keys_has_the_defaults(tmp_path: Path) -> None:
    loaded = load_phonebook(write(tmp_path, "Home: {number: '1', port: /dev/ttyS1}"))
    assert loaded.book.find("Home") == Entry("Home", "1", "/dev/ttyS1")


def test_words_that_yaml_would_turn_stay_words(tmp_path: Path) -> None:
    entry = known(load_phonebook(write(tmp_path, EVERY_PHONEBOOK_KEY)).book.find("Home"))
    assert entry.script == PostConnectScript(command=("chat", "-v", "no", "on", "1:30"))


def test_a_script_and_an_init_may_be_plain_texts(tmp_path: Path) -> None:
    entry = known(load_phonebook(write(tmp_path, EVERY_PHONEBOOK_KEY)).book.find("Plain"))
    assert (str(entry.script), entry.init) == (str(tmp_path / "a.scp"), ("ATZ",))


def test_a_script_with_a_path_of_its_own_is_not_looked_for_beside_the_phone_book(tmp_path: Path) -> None:
    entry = known(load_phonebook(write(tmp_path, "A: {number: '1', port: x, script: /opt/a.scp}")).book.find("A"))
    assert str(entry.script) == "/opt/a.scp"


def test_every_mistake_is_told_with_line_and_column(tmp_path: Path) -> None:
    text = """\
OzEmail:
  number: CALL
  prot: ppp
  protocol: pppp
  script: {file: a, command: [x]}
  patience: soon
  redials: many
  init: ["AT\\x07"]
Home: {number: "1", port: ""}
"""
    assert mistakes(tmp_path, text) == [
        (2, 3, "'port' is missing"),
        (2, 11, "'CALL' is not a number that a modem can dial"),
        (3, 3, "unknown key 'prot'"),
        (4, 13, "expected ppp, slip or none, not 'pppp'"),
        (5, 11, "a script is either a file or a command"),
        (6, 13, "'soon' is not a duration; write 500ms, 4s, 2m, or a number of seconds"),
        (7, 12, "expected a whole number"),
        (8, 10, "'AT\\x07' is not a command line for a modem"),
        (9, 27, "expected a text that is not empty"),
    ]


def test_the_nearest_key_is_offered(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="did you mean 'port'"):
        load_phonebook(write(tmp_path, "A: {number: '1', prt: x}"))


def test_an_entry_that_differs_only_in_case_is_a_mistake(tmp_path: Path) -> None:
    text = "Home: {number: '1', port: x}\nHOME: {number: '2', port: x}\n"
    ((line, _, message),) = mistakes(tmp_path, text)
    assert line == 2
    assert "case does not matter" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("{}", "a phone book must have at least one entry"),
        ("- a", "expected a mapping"),
        ("A: 5", "expected a mapping"),
        ("A: {number: '1'", "not YAML"),
    ],
)
def test_what_is_no_phone_book_is_told(tmp_path: Path, text: Any, message: Any) -> None:
    assert message in mistakes(tmp_path, text)[0][2]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        load_phonebook(tmp_path / "none.yaml")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"A: \xff")
    with pytest.raises(SourceError, match="0xff is not UTF-8"):
        load_phonebook(tmp_path / "a.yaml")


RASPHONE = "[Home]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\nDEVICE=switch\nType=C:\\ras\\home.scp\n"


def test_a_phone_book_of_windows_is_told_by_its_suffix(tmp_path: Path) -> None:
    loaded = load_phonebook(write(tmp_path, RASPHONE, "RASPHONE.PBK"), ports={"COM1": "/dev/ttyS0"})
    entry = known(loaded.book.find("Home"))
    assert entry.port == "/dev/ttyS0"
    assert str(entry.script) == str(tmp_path / "home.scp")


def test_a_switch_inf_of_windows_is_looked_for_beside_the_phone_book(tmp_path: Path) -> None:
    text = RASPHONE.replace("C:\\ras\\home.scp", "Generic login")
    script = known(load_phonebook(write(tmp_path, text, "a.pbk")).book.find("Home")).script
    assert (known(script).path, known(script).section) == (str(tmp_path / "switch.inf"), "Generic login")


def test_warnings_of_windows_phone_books_stop_nothing(tmp_path: Path) -> None:
    loaded = load_phonebook(write(tmp_path, RASPHONE + "[VPN]\nMEDIA=rastapi\n", "a.pbk"))
    assert [entry.name for entry in loaded.book] == ["Home"]
    assert "no number" in loaded.warnings[0].message


def test_mistakes_in_windows_phone_books_stop_the_load(tmp_path: Path) -> None:
    assert mistakes(tmp_path, RASPHONE + "nonsense\n", "a.pbk") == [
        (8, 1, "neither a [section] nor a line such as Key=Value")
    ]


@pytest.mark.parametrize("script", ["C:\\" + "ras\\" * 100 + "a.scp", "x/" * 3000 + "a.scp"])
def test_a_script_path_of_another_computer_that_is_too_long_here_counts_by_its_last_part(
    tmp_path: Path, script: Any
) -> None:
    text = f"[Home]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\nDEVICE=switch\nType={script}\n"
    entry = known(load_phonebook(write(tmp_path, text, "rasphone.pbk")).book.find("Home"))
    assert known(entry.script).path == str(tmp_path / "a.scp")


PAD = """\
Packets:
  number: "5551234"
  port: /dev/ttyS0
  pad: {section: SprintNet, x25_address: "31103010002000", user_data: opensesame, facilities: R}
"""


def test_a_pad_is_a_section_of_the_pad_inf_beside_the_phone_book(tmp_path: Path) -> None:
    loaded = load_phonebook(write(tmp_path, PAD))
    (entry,) = loaded.book
    assert str(entry.pad) == f"{tmp_path / 'pad.inf'} [SprintNet]"
    assert known(entry.pad).pad == PadCall("31103010002000", "opensesame", "R")
    elsewhere = PAD.replace("{section", "{file: other.inf, section")
    (entry,) = load_phonebook(write(tmp_path, elsewhere)).book
    assert known(entry.pad).path == str(tmp_path / "other.inf")


def test_what_a_pad_cannot_be_given_is_told_with_its_place(tmp_path: Path) -> None:
    wrong = PAD.replace("opensesame", '"open\\rsesame"')
    assert mistakes(tmp_path, wrong) == [(4, 71, "only printable ASCII can go into a command for a PAD")]
    assert [message for *_, message in mistakes(tmp_path, PAD.replace('x25_address: "31103010002000", ', ""))] == [
        "'x25_address' is missing"
    ]


def test_the_pad_of_a_windows_phone_book_is_looked_for_beside_it(tmp_path: Path) -> None:
    text = "[Home]\nDEVICE=modem\nPhoneNumber=1\nDEVICE=pad\nX25Pad=SprintNet\nX25Address=3110\n"
    (entry,) = load_phonebook(write(tmp_path, text, "rasphone.pbk")).book
    assert known(entry.pad).path == str(tmp_path / "pad.inf")
