from __future__ import annotations

import pytest

from modem.dte_play import Play
from simisp.modem.config import ModemConfig
from simisp.modem.differences import Differences
from simisp.modem.registers import REGISTERS, Registers

FACTORY = {"E": 1, "V": 1}


def test_only_what_differs_from_the_factory_is_kept() -> None:
    values = Differences(FACTORY)
    values["E"] = 0
    assert (dict(values), values.changed) == ({"E": 0, "V": 1}, {"E": 0})
    values["E"] = 1
    assert (dict(values), values.changed) == (FACTORY, {})


def test_the_factory_values_stay_whatever_is_set_over_them() -> None:
    values = Differences(FACTORY)
    values["V"] = 0
    assert FACTORY == {"E": 1, "V": 1}
    assert Differences(FACTORY)["V"] == 1


def test_a_name_that_the_factory_does_not_know_can_be_neither_read_nor_set() -> None:
    values = Differences(FACTORY)
    with pytest.raises(KeyError):
        values["X"]
    with pytest.raises(KeyError):
        values["X"] = 1
    assert "X" not in values


def test_values_that_are_taken_over_are_a_copy_and_replace_all_that_was_set() -> None:
    stored, current = Differences(FACTORY), Differences(FACTORY)
    stored["E"], current["V"] = 0, 0
    current.load(stored)
    assert dict(current) == {"E": 0, "V": 1}
    current["V"] = 0
    assert dict(stored) == {"E": 0, "V": 1}


def test_new_registers_keep_nothing_and_show_all_that_a_modem_is_delivered_with() -> None:
    registers = Registers()
    assert not registers.changed
    assert dict(registers) == {number: register.factory for number, register in REGISTERS.items()}


def test_settings_of_a_configuration_come_back_by_at_f_and_all_its_modems_share_them() -> None:
    config = ModemConfig(registers={7: 90}, settings={"E": 0, "+IFC": "0,0"})
    settings = config.new_settings()
    assert (settings.registers[7], settings.numbers["E"], settings.parameters["+IFC"]) == (90, 0, ("0", "0"))
    assert (settings.registers.changed, settings.numbers.changed, settings.parameters.changed) == ({}, {}, {})
    assert config.new_settings().numbers.factory is settings.numbers.factory
    copy = settings.copy()
    assert copy.registers.set(7, 50)
    assert (copy.registers.changed, settings.registers[7]) == ({7: 50}, 90)
    play = Play(config)
    assert play.runs("S7=60&FS7?") == b"\r\n090\r\n\r\nOK\r\n"


def test_what_one_modem_is_set_to_no_other_modem_has() -> None:
    one, other = Play(), Play()
    one.runs("S7=60X1+DR=1;&W0&W1")
    for recall in ("", "Z0", "Z1", "&F"):
        assert other.runs(f"{recall}S7?+DR?") == b"\r\n050\r\n\r\n+DR: 0\r\n\r\nOK\r\n"


def test_storing_settings_in_one_place_leaves_the_other_and_the_factory_as_they_are() -> None:
    play = Play()
    play.runs("S7=60&W0S7=70")
    assert play.runs("Z1S7?") == b"\r\n050\r\n\r\nOK\r\n"
    assert play.runs("S7=80Z0S7?") == b"\r\n060\r\n\r\nOK\r\n"
    assert play.runs("&FS7?") == b"\r\n050\r\n\r\nOK\r\n"
