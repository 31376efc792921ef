from __future__ import annotations

import pytest

from simisp.errors import ScriptError
from simisp.scp import explain_script


def chart(text: str) -> list[str]:
    text = text if "proc" in text else f"proc main\n{text}\nendproc"
    lines = explain_script(text).splitlines()
    assert lines[0] == "flowchart TD"
    return [line.strip() for line in lines[1:]]


def test_a_wait_shows_its_limit_and_both_ways() -> None:
    assert chart('waitfor "a" until 5\nif $SUCCESS then\ntransmit "x"\nendif') == [
        'start(["proc main"])',
        'n0{{"line 2: waitfor #quot;a#quot; until 5<br/>at most 5 s"}}',
        'n2["line 4: transmit #quot;x#quot;"]',
        'n3(["line 6: endproc<br/>PPP or SLIP starts"])',
        "start --> n0",
        'n0 -->|"came"| n2',
        'n0 -->|"time ran out"| n3',
        "n2 --> n3",
    ]


def test_a_wait_without_limit_may_wait_forever() -> None:
    lines = chart('waitfor "a"')
    assert 'n0{{"line 2: waitfor #quot;a#quot;<br/>no limit"}}' in lines
    assert lines[-2:] == ['forever(["waits forever"])', 'n0 -.->|"nothing comes"| forever']


def test_each_string_is_named_on_its_way() -> None:
    lines = chart('waitfor "a" then A, "b" then A until 5\nA:')
    assert 'n0 -->|"#quot;a#quot; came"| n1' in lines
    assert 'n0 -->|"#quot;b#quot; came"| n1' in lines


def test_what_runs_through_is_one_box() -> None:
    lines = chart('transmit "a"\nset port parity even\ntransmit "b"')
    assert (
        'n0["line 2: transmit #quot;a#quot;<br/>line 3: set port parity even<br/>line 4: transmit #quot;b#quot;"]'
        in lines
    )
    assert "n0 --> n3" in lines


def test_a_box_ends_where_another_way_joins() -> None:
    lines = chart('transmit "a"\nTop: transmit "b"\ntransmit "c"\ndelay 1\ngoto Top')
    assert 'n0["line 2: transmit #quot;a#quot;"]' in lines
    assert 'n1["line 3: transmit #quot;b#quot;<br/>line 4: transmit #quot;c#quot;"]' in lines


def test_a_decision_shows_both_ways() -> None:
    lines = chart("proc main\ninteger n = 3\nn = n + 1\nif n > 3 then\nhalt\nendif\nendproc")
    assert 'n0["line 2: integer n = 3<br/>line 3: n = n + 1"]' in lines
    assert 'n2{"line 4: if n #gt; 3 then"}' in lines
    assert 'n2 -->|"TRUE"| n3' in lines
    assert 'n2 -->|"FALSE"| n4' in lines
    assert 'n3(["line 5: halt<br/>waits for the user to press Continue"])' in lines


def test_a_value_that_depends_on_success_keeps_the_paths_apart() -> None:
    lines = chart('waitfor "a" until 5\ntransmit "x"\nif $SUCCESS then halt endif')
    assert 'n0 -->|"came"| n1came' in lines
    assert 'n0 -->|"time ran out"| n1late' in lines
    assert "n1came --> n3" in lines
    assert "n1late --> n4" in lines


def test_a_delay_shows_its_time() -> None:
    assert 'n0{{"line 2: delay 3<br/>at most 3 s"}}' in chart("delay 3")


def test_a_limit_that_varies_is_called_so() -> None:
    lines = chart("proc main\ninteger n\nn = 3\ndelay n\nendproc")
    assert 'n1{{"line 4: delay n<br/>a limit that varies"}}' in lines


def test_a_wait_inside_a_statement_has_its_own_hexagon() -> None:
    lines = chart("set ipaddr getip")
    assert 'n0{{"line 2: getip<br/>no limit"}}' in lines
    assert 'n1["line 2: set ipaddr getip"]' in lines
    assert 'n0{{"line 2: getip<br/>no limit"}}' in chart("getip")


def test_a_loop_that_does_nothing_is_shown_as_such() -> None:
    lines = chart("Top: goto Top")
    assert lines == ['start(["proc main"])', "start --> spin", 'spin(["loops forever without a wait"])']


def test_a_path_into_a_loop_that_does_nothing_leads_there() -> None:
    lines = chart("delay 1\nwhile TRUE do\nendwhile")
    assert "n0 --> spin" in lines


def test_a_loop_of_plain_statements_returns_to_itself() -> None:
    lines = chart("proc main\ninteger n\nTop: n = n + 1\ngoto Top\nendproc")
    assert "n0 --> n0" in lines


def test_signs_that_mermaid_reads_are_written_otherwise() -> None:
    assert 'n0["line 2: transmit #quot;#lt;cr#gt;#amp;#35;·#quot;"]' in chart('transmit "<cr>&#\t"')


def test_long_statements_are_shortened() -> None:
    (line,) = [line for line in chart(f'transmit "{"x" * 500}"') if line.startswith("n0[")]
    assert len(line) < 100
    assert "…" in line


def test_a_script_with_mistakes_is_not_explained() -> None:
    with pytest.raises(ScriptError):
        explain_script("proc main")
