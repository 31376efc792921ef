from __future__ import annotations

from dataclasses import replace

import pytest

from modem.dte_play import Play, acts, sent
from simisp.circuits import Circuit
from simisp.machine import SendData, SetCircuit
from simisp.modem import HangUpReason, HungUp, Modem, ModemConfig
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range
from simisp.modem.commands import COMMANDS, STANDARD_PROFILE
from simisp.modem.manual import manual_page
from simisp.modem.profile import Conduct, ModemTiming

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"
BASIC = [row for row in COMMANDS if row.values and row.name[0] not in "+#"]
EXTENDED = [row for row in COMMANDS if row.factory and row.name[0] in "+#"]
DECLINED = [row for row in COMMANDS if row.disposition is Disposition.DECLINED]
ACCEPTED = [row for row in COMMANDS if row.disposition is Disposition.ACCEPTED]
TOLD = [row for row in COMMANDS if row.asks and row.name.startswith("+")]
ON_THEIR_OWN = {"S", "=", "D", "&Z", "+VRID"}


def named(row: CommandRow) -> str:
    return row.name


def test_no_command_stands_in_the_table_twice() -> None:
    names = [row.name for row in COMMANDS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", COMMANDS, ids=named)
def test_what_a_command_is_delivered_with_is_in_its_range(row: CommandRow) -> None:
    assert len(row.factory) in {0, len(row.values)}
    assert all(values.accepts(text) for values, text in zip(row.values, row.factory, strict=False))


@pytest.mark.parametrize("row", BASIC, ids=named)
def test_a_basic_command_takes_its_bounds_and_nothing_beyond(row: CommandRow) -> None:
    (values,) = row.values
    assert isinstance(values, Range)
    for number in (values.low, values.high):
        play = Play()
        play.runs(f"{row.name}{number}")
        play.modem.handle_timer(now=1000.0)
        play.modem.take_outputs()
        assert play.runs("E0Q0V1").endswith(OK)
    assert Play().runs(f"{row.name}{values.high + 1}") == ERROR


@pytest.mark.parametrize("row", EXTENDED, ids=named)
def test_an_extended_command_takes_what_its_test_form_tells(row: CommandRow) -> None:
    play = Play()
    shown = "" if row.name == "+FCLASS" else f"{row.name}: "
    assert play.runs(f"{row.name}?") == f"\r\n{shown}{','.join(row.factory)}\r\n".encode() + OK
    assert OK in play.runs(f"{row.name}=?")
    assert play.runs(f"{row.name}={','.join(row.factory)}") == OK
    assert play.runs(f"{row.name}=" + "," * len(row.values)) == ERROR, "one value too many"
    for place, values in enumerate(row.values):
        beyond = values.high + 1 if isinstance(values, Range) else 99
        assert play.runs(f"{row.name}={',' * place}{beyond}") == ERROR


@pytest.mark.parametrize("row", DECLINED, ids=named)
def test_a_declined_command_is_an_error_in_all_its_forms(row: CommandRow) -> None:
    for form in ("", "=1", "?", "=?"):
        assert Play().runs(f"{row.name}{form}") == ERROR


@pytest.mark.parametrize("row", TOLD, ids=named)
def test_a_command_that_tells_something_has_two_forms(row: CommandRow) -> None:
    (shown, ok) = Play().runs(row.name).removesuffix(OK), Play().runs(f"{row.name}=?")
    assert shown.startswith(b"\r\n")
    assert len(shown) > len(b"\r\n\r\n")
    assert ok == OK
    assert Play().runs(f"{row.name}?") == Play().runs(f"{row.name}=1") == ERROR


def test_each_row_is_tested_above_or_has_tests_of_its_own() -> None:
    covered = {row.name for row in (*BASIC, *EXTENDED, *DECLINED, *TOLD)}
    assert {row.name for row in COMMANDS} - covered == ON_THEIR_OWN


def test_the_rows_of_v250_cover_its_chapters() -> None:
    chapters = {row.clause.split(".")[2] for row in COMMANDS if row.clause.startswith("V.250 6.")}
    assert chapters == set("12345678")


@pytest.mark.parametrize("row", ACCEPTED, ids=named)
def test_a_command_that_is_only_accepted_changes_nothing_that_a_call_shows(row: CommandRow) -> None:
    play = Play()
    values = row.values[0]
    other = f"{values.high}" if isinstance(values, Range) else values.words[0]
    assert play.runs(f"{row.name}{'=' if row.name.startswith('+') else ''}{other}") == OK
    play.types("ATDT1\r")
    assert acts(play.connects()) == [SetCircuit(Circuit.DCD, True), SendData(b"\r\nCONNECT 33600\r\n")]


@pytest.mark.parametrize("line", ["+IFC", "+IFC2", "+GMI?", "+GMI=1", "+GMM0", "+FCLASS=1", "+FCLASS", "+IFC?2"])
def test_a_form_that_a_command_has_not_is_an_error(line: str) -> None:
    assert Play().runs(line) == ERROR


def test_values_left_out_stay_as_they_are() -> None:
    play = Play()
    assert play.runs("+DS=1,,1024;+DS=,1;+DS?") == b"\r\n+DS: 1,1,1024,32\r\n" + OK


def test_values_may_be_quoted() -> None:
    assert Play().runs('+GCI="20";+GCI?') == b"\r\n+GCI: 20\r\n" + OK


def test_nothing_is_set_when_one_value_is_wrong() -> None:
    play = Play()
    assert play.runs("+DS=1,7") == ERROR
    assert play.runs("+DS?") == b"\r\n+DS: 3,0,2048,32\r\n" + OK


def test_test_forms_tell_ranges_and_words() -> None:
    assert Play().runs("+DS=?") == b"\r\n+DS: (0-3),(0-1),(512-65535),(6-250)\r\n" + OK
    assert b"\r\n+IPR: (0,300,600," in Play().runs("+IPR=?")
    assert Play().runs("+FCLASS=?") == b"\r\n0\r\n" + OK
    assert str(Choice(("0",))) == "(0)"
    assert str(Range(4, 4)) == "(4)"


@pytest.mark.parametrize(
    "line", ["~", "#", "&", "S8?5", "+", "+FOO", "+FOO=1", "&O", "*X1", "E2", "X5", "Q2", "#CLS=0"]
)
def test_what_the_modem_does_not_know_earns_error_and_ends_the_line(line: str) -> None:
    play = Play()
    assert play.runs(f"S8=7{line}S8=9").endswith(ERROR)
    assert play.runs("S8?") == b"\r\n007\r\n" + OK


def test_the_modem_tells_who_it_is() -> None:
    play = Play(ModemConfig(identity="Courier", revision="7.3", settings={"E": 0}))
    assert play.runs("I") == play.runs("I0") == play.runs("+GMM") == b"\r\nCourier\r\n" + OK
    assert play.runs("I1") == play.runs("+GMR") == b"\r\n7.3\r\n" + OK
    assert play.runs("I2") == OK
    assert play.runs("I3") == b"\r\nsimisp Courier 7.3\r\n" + OK
    assert play.runs("+GSN") == b"\r\n000001\r\n" + OK
    assert play.runs("+GOI") == b"\r\n1.3.6.1.4.1\r\n" + OK
    assert play.runs("+GMI") == b"\r\nsimisp\r\n" + OK
    assert play.runs("+GMI=?") == OK
    assert play.runs("+GCI?") == b"\r\n+GCI: B5\r\n" + OK


def test_an_identity_beyond_ascii_does_not_break_the_answer() -> None:
    assert Play(ModemConfig(identity="Modèm", settings={"E": 0})).runs("I") == b"\r\nMod?m\r\n" + OK


def test_capabilities_name_what_there_is() -> None:
    (line,) = (part for part in Play().runs("+GCAP").split(b"\r\n") if part.startswith(b"+GCAP: "))
    names = line.decode().removeprefix("+GCAP: ").split(",")
    assert names == ["+FCLASS", "+MS", "+ES", "+DS"]
    for name in names:
        assert OK in Play().runs(f"{name}?")


def test_the_settings_can_be_seen() -> None:
    text = Play().runs("S7=60&V")
    assert b" V1 X4 " in text
    assert b" S07:060 " in text
    assert text.startswith(b"\r\nACTIVE PROFILE:\r\n")
    assert text.endswith(OK)


def test_the_stored_profiles_and_numbers_are_seen_too() -> None:
    play = Play()
    play.runs("S7=60&W1S7=70")
    play.runs("&Z2=T5551234")
    active, first, second, numbers = play.runs("&V").removesuffix(OK).split(b"\r\n\r\n")
    assert b"S07:070" in active
    assert first.startswith(b"STORED PROFILE 0:\r\n")
    assert b"S07:050" in first
    assert second.startswith(b"STORED PROFILE 1:\r\n")
    assert b"S07:060" in second
    assert numbers == b"TELEPHONE NUMBERS:\r\n0= 1= 2=T5551234 3=\r\n"


def test_y_decides_which_profile_is_in_force_at_power_up_and_z_does_not_change_that() -> None:
    play = Play()
    play.runs("S7=60&W0S7=70&W1&Y1Z0")
    power_up(play)
    assert play.runs("S7?") == b"\r\n070\r\n" + OK
    play.runs("&Y3")
    power_up(play)
    assert play.runs("S7?") == b"\r\n050\r\n" + OK


def power_up(play: Play) -> None:
    play.modem._unit.power_up(deaf_until=play.now)


def test_a_profile_may_drop_the_rest_of_a_line_after_z_and_be_deaf_for_a_while() -> None:
    profile = replace(STANDARD_PROFILE, conduct=Conduct(reset_ends_line=True), timing=ModemTiming(deaf_after_reset=0.5))
    play = Play(ModemConfig(profile, settings={"E": 0}))
    assert play.runs("S8=3ZS8=4") == OK
    assert play.runs("S8?") == b""
    play.waits(0.5)
    assert play.runs("S8?") == b"\r\n002\r\n" + OK


def test_z_brings_back_what_w_put_away_and_f_what_was_delivered() -> None:
    play = Play()
    play.runs("S7=60X1P+DR=1;&W1S7=70X0T+DR=0")
    play.runs("Z0E0")
    assert b"S07:050" in play.runs("&V")
    assert play.runs("Z1") == OK
    assert b"S07:060" in play.runs("&V")
    assert play.runs("+DR?") == b"\r\n+DR: 1\r\n" + OK
    assert b" X1 " in play.runs("&V")
    play.runs("&FE0")
    assert b"S07:050" in play.runs("&V")


def test_what_was_put_away_does_not_follow_later_changes() -> None:
    play = Play()
    play.runs("&W")
    play.runs("S7=60")
    play.runs("Z")
    assert play.runs("S7?") == b"\r\n050\r\n" + OK


def test_commands_after_z_are_run_as_atzw2_counts_on() -> None:
    assert Play().runs("ZS7=60S7?") == b"\r\n060\r\n" + OK


def test_z_hangs_up() -> None:
    play = Play()
    play.calls()
    play.types("+++")
    play.waits(1.0)
    outputs = acts(play.types("ATZ\r"))
    assert HungUp(HangUpReason.COMMAND) in outputs
    assert outputs[-1] == SendData(OK)


def test_h_without_a_call_is_ok() -> None:
    assert acts(Play().types("ATH\r")) == [SendData(OK)]
    assert acts(Play().types("ATH0H1\r")) == [SendData(OK)]


def test_the_configuration_is_what_f_comes_back_to() -> None:
    play = Play(ModemConfig(registers={7: 90}, settings={"E": 0, "&C": 0}))
    play.runs("S7=1&C1")
    play.runs("&F")
    assert play.runs("S7?") == b"\r\n090\r\n" + OK


@pytest.mark.parametrize(
    "config",
    [
        ModemConfig(registers={7: 0}),
        ModemConfig(registers={256: 0}),
        ModemConfig(settings={"E": 2}),
        ModemConfig(settings={"&&": 0}),
        ModemConfig(settings={"Z": 0}),
        ModemConfig(settings={"+IFC": 0}),
        ModemConfig(settings={"X": -1}),
    ],
)
def test_a_configuration_that_no_modem_can_have_is_refused(config: ModemConfig) -> None:
    with pytest.raises(ValueError, match="can't be"):
        Modem(config)


def test_the_manual_page_has_every_command_and_the_defined_registers() -> None:
    page = manual_page()
    for row in COMMANDS:
        assert f"| `AT{row.name}` |" in page
        assert row.clause
        assert row.meaning
    for number in range(13):
        assert f"| `S{number}` |" in page
    assert "| `S13` |" not in page


def test_information_text_of_several_commands_comes_in_their_order() -> None:
    assert sent(Play().types("ATS0?I+GMI;S12?\r")) == b"\r\n000\r\n\r\nsimisp\r\n\r\nsimisp\r\n\r\n050\r\n" + OK
