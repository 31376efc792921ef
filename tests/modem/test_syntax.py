from __future__ import annotations

import pytest

from simisp.modem.syntax import Command, Form, split


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        (b"", []),
        (b"E", [Command("E")]),
        (b"E0Q1", [Command("E", text="0"), Command("Q", text="1")]),
        (b"&c1\\n3%C0", [Command("&C", text="1"), Command("\\N", text="3"), Command("%C", text="0")]),
        (b"S7=60", [Command("S", Form.SET, "60", 7)]),
        (b"S7?S8", [Command("S", Form.READ, "", 7), Command("S", register=8)]),
        (b"S7=?", [Command("S", Form.TEST, "", 7)]),
        (b"S7?5", [Command("S", Form.READ, "", 7), Command("5")]),
        (b"S?", [Command("S", Form.READ)]),
        (b"=5?", [Command("=", Form.SET, "5"), Command("=", Form.READ)]),
        (b"+IFC=2,2;E0", [Command("+IFC", Form.SET, "2,2"), Command("E", text="0")]),
        (b"+IFC?;+IFC=?", [Command("+IFC", Form.READ), Command("+IFC", Form.TEST)]),
        (b"+GMI", [Command("+GMI")]),
        (b'+X="a; b",c', [Command("+X", Form.SET, '"a; b",C')]),
        (b'+X="a b', [Command("+X", Form.SET), Command('"A'), Command("B")]),
        (b"+FCLASS=0N1", [Command("+FCLASS", Form.SET, "0"), Command("N", text="1")]),
        (b"+FCLASS=0+MS=11,1", [Command("+FCLASS", Form.SET, "0"), Command("+MS", Form.SET, "11,1")]),
        (b"E0DT 9 W 555-1234", [Command("E", text="0"), Command("D", text="T9W555-1234")]),
        (b"D9;E0", [Command("D", text="9;"), Command("E", text="0")]),
        (b"&Z1=9,555;", [Command("&Z", text="1=9,555;")]),
        (b";;E0;", [Command("E", text="0")]),
        (b"+", [Command("+")]),
        (b"~1", [Command("~"), Command("1")]),
    ],
)
def test_a_body_falls_into_commands(body: bytes, commands: list[Command]) -> None:
    assert list(split(body)) == commands
