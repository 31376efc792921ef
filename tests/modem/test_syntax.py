from __future__ import annotations

import pytest

from simisp.modem.syntax import ATCommand, Form, split


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        (b"", []),
        (b"E", [ATCommand("E")]),
        (b"E0Q1", [ATCommand("E", text="0"), ATCommand("Q", text="1")]),
        (b"&c1\\n3%C0", [ATCommand("&C", text="1"), ATCommand("\\N", text="3"), ATCommand("%C", text="0")]),
        (b"S7=60", [ATCommand("S", Form.SET, "60", 7)]),
        (b"S7?S8", [ATCommand("S", Form.READ, "", 7), ATCommand("S", register=8)]),
        (b"S7=?", [ATCommand("S", Form.TEST, "", 7)]),
        (b"S7?5", [ATCommand("S", Form.READ, "", 7), ATCommand("5")]),
        (b"S?", [ATCommand("S", Form.READ)]),
        (b"=5?", [ATCommand("=", Form.SET, "5"), ATCommand("=", Form.READ)]),
        (b"+IFC=2,2;E0", [ATCommand("+IFC", Form.SET, "2,2"), ATCommand("E", text="0")]),
        (b"+IFC?;+IFC=?", [ATCommand("+IFC", Form.READ), ATCommand("+IFC", Form.TEST)]),
        (b"+GMI", [ATCommand("+GMI")]),
        (b'+X="a; b",c', [ATCommand("+X", Form.SET, '"a; b",C')]),
        (b'+X="a b', [ATCommand("+X", Form.SET), ATCommand('"A'), ATCommand("B")]),
        (b"+FCLASS=0N1", [ATCommand("+FCLASS", Form.SET, "0"), ATCommand("N", text="1")]),
        (b"+FCLASS=0+MS=11,1", [ATCommand("+FCLASS", Form.SET, "0"), ATCommand("+MS", Form.SET, "11,1")]),
        (b"E0DT 9 W 555-1234", [ATCommand("E", text="0"), ATCommand("D", text="T9W555-1234")]),
        (b"D9;E0", [ATCommand("D", text="9;"), ATCommand("E", text="0")]),
        (b"&Z1=9,555;", [ATCommand("&Z", text="1=9,555;")]),
        (b";;E0;", [ATCommand("E", text="0")]),
        (b"+", [ATCommand("+")]),
        (b"~1", [ATCommand("~"), ATCommand("1")]),
    ],
)
def test_a_body_falls_into_commands(body: bytes, commands: list[ATCommand]) -> None:
    assert list(split(body)) == commands
