from __future__ import annotations

from typing import Any

import pytest

from simisp.errors import ScriptError
from simisp.scp import compile_script
from simisp.scp.code import (
    Assign,
    Delay,
    End,
    GetIp,
    Halt,
    Instruction,
    Jump,
    JumpUnless,
    SetIpAddress,
    SetPort,
    SetScreenKeyboard,
    Transmit,
    Waitfor,
)


def compiled(text: str) -> tuple[Any, ...]:
    return compile_script(f"proc main\n{text}\nendproc").instructions


def kinds(text: str) -> list[type[Instruction]]:
    return [type(instruction) for instruction in compiled(text)]


def test_each_command_is_an_instruction() -> None:
    text = """transmit "x" delay 1 halt set port parity even set screen keyboard off set ipaddr "1.2.3.4" getip
    waitfor "x" """
    assert kinds(text) == [Transmit, Delay, Halt, SetPort, SetScreenKeyboard, SetIpAddress, GetIp, Waitfor, End]


def test_a_block_is_a_jump_over_it() -> None:
    test, _, end = compiled("if TRUE then halt endif")
    assert isinstance(test, JumpUnless)
    assert test.target == 2
    assert isinstance(end, End)


def test_a_loop_jumps_back_to_its_condition() -> None:
    test, _, back, _ = compiled("while TRUE do halt endwhile")
    assert isinstance(test, JumpUnless)
    assert test.target == 3
    assert isinstance(back, Jump)
    assert back.target == 0
    assert back.statement is None


def test_a_goto_leads_into_a_loop() -> None:
    jump, test, *_ = compiled("goto Inside while TRUE do delay 1 Inside: halt endwhile")
    assert jump.target == 3
    assert isinstance(test, JumpUnless)


def test_a_label_at_the_end_leads_to_the_end() -> None:
    jump, _, end = compiled("goto Done halt Done:")
    assert jump.target == 2
    assert isinstance(end, End)


def test_waitfor_knows_where_each_string_leads() -> None:
    wait, *_ = compiled('waitfor "a" then B, "b" then A halt A: halt B: halt')
    assert [pattern.target for pattern in wait.patterns] == [3, 2]
    assert compiled('waitfor "a"')[0].patterns[0].target is None


def test_a_wait_inside_an_expression_comes_first() -> None:
    instructions = compiled('set ipaddr "x" + (getip 2)')
    assert [type(each) for each in instructions] == [GetIp, SetIpAddress, End]
    assert [each.first for each in instructions] == [True, False, True]


def test_a_wait_in_a_condition_is_waited_for_each_time() -> None:
    instructions = compiled('while getip == "x" do halt endwhile')
    assert [type(each) for each in instructions] == [GetIp, JumpUnless, Halt, Jump, End]
    assert instructions[3].target == 0


def test_initial_values_are_assigned_first() -> None:
    program = compile_script('proc main\ninteger a\nstring s = "x"\nboolean b = $SUCCESS\nendproc')
    assert [slot.initial for slot in program.slots] == [0, "", False]
    assert [type(each) for each in program.instructions] == [Assign, Assign, End]


def test_only_main_is_compiled() -> None:
    assert len(compile_script("proc other halt endproc proc main endproc").instructions) == 1


def test_programs_are_equal_when_they_do_the_same() -> None:
    text = 'proc main\nwaitfor "a" until 3\nendproc'
    assert compile_script(text) == compile_script(text.replace("\n", "  \n\n; x\n"))
    assert compile_script(text) != compile_script(text.replace("3", "4"))


def test_a_script_with_mistakes_is_error_752_with_all_of_them() -> None:
    with pytest.raises(ScriptError) as raised:
        compile_script("proc main\ndelay TRUE\ngoto Nowhere\nendproc", "x.scp")
    assert len(raised.value.diagnostics) == 2
    assert "x.scp:2:7: error: [SCP036]" in str(raised.value)


def test_a_text_of_fifty_megabytes_is_refused_with_one_line() -> None:
    with pytest.raises(ScriptError) as raised:
        compile_script(b"\x00" * 50_000_000, "junk")
    assert len(str(raised.value)) < 200
