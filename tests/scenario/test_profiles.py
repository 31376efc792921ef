"""The shipped profiles, row by row, and a user's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.diagnostics import Diagnostic
from simisp.errors import ScenarioError
from simisp.machine import SendData
from simisp.modem import Modem, ModemConfig
from simisp.modem import handlers as do
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.profile import ModemProfile
from simisp.modem.written_command import WrittenCommands
from simisp.scenario.dump import dumps
from simisp.scenario.explain import explain
from simisp.scenario.load import load, loads
from simisp.scenario.modem_setup import written_commands
from simisp.scenario.profile_file import load_profile, profile_from, shipped
from simisp.scenario.profile_model import ProfileFile, RowSection
from simisp.scenario.profile_names import PLAIN, shipped_folder, shipped_names
from simisp.scenario.schema import file_schema
from simisp.scenario.session import session_config
from simisp.scenario.values import is_pattern
from support.core_yaml import CoreLoader

OK, ERROR = "\r\nOK\r\n", "\r\nERROR\r\n"
ROWS = [(name, command) for name in shipped_names() for command in shipped(name).file.commands]
"""Every row that a profile adds."""


class Dte:
    """A DTE without an echo, and a clock."""

    def __init__(self, profile: ModemProfile) -> None:
        self.modem = Modem(ModemConfig(profile, settings={"E": 0}))
        self.now = 0.0

    def says(self, line: str, *, seconds: float = 0.0) -> str:
        self.modem.receive_data(f"AT{line}\r".encode(), now=self.now)
        end = self.now + seconds
        while (due := self.modem.next_timer()) is not None and due <= end:
            self.now = due
            self.modem.handle_timer(now=due)
        self.now = end
        outputs = self.modem.take_outputs()
        return b"".join(output.data for output in outputs if isinstance(output, SendData)).decode("latin-1")


def written(row: RowSection) -> Iterator[tuple[str, str]]:
    """Yield each command that a row's answers are for, with the key of its answer."""
    literals = [text for text in row.answers if not is_pattern(text)]
    yield from ((text, text) for text in literals)
    patterns = {text: written_commands({text: row.answers[text]}) for text in row.answers if is_pattern(text)}
    for text in row.tried:
        yield text, next(pattern for pattern, commands in patterns.items() if _matches(commands, text))


def _matches(commands: WrittenCommands, text: str) -> bool:
    (expression, _), *_ = commands.patterns
    return expression.fullmatch(text) is not None


def expected(reply: object) -> str:
    """Return what a DTE reads when a reply is given, worked out from the file."""
    if isinstance(reply, list):
        return "".join(map(expected, reply))
    text = reply if isinstance(reply, str) else str(getattr(reply, "send", None) or getattr(reply, "answer", ""))
    if text in ("OK", "ERROR"):
        return f"\r\n{text}\r\n"
    text = text.removesuffix("\nOK")
    framed = "\r\n" + text.replace("\n", "\r\n") + "\r\n"
    return framed if not isinstance(reply, str) else framed + OK


@pytest.mark.parametrize(("name", "command"), ROWS)
def test_each_row_of_a_profile_does_what_the_file_says(name: str, command: str) -> None:
    loaded = shipped(name)
    row, dte = loaded.file.commands[command], Dte(loaded.profile)
    if row.disposition == "declined":
        assert [dte.says(command + form) for form in ("", "?", "=?", "=1")] == [ERROR] * 4
    if row.values:
        made = loaded.profile.rows[command]
        assert dte.says(f"{command}?") == f"\r\n{command}: {','.join(row.factory)}\r\n" + OK
        assert dte.says(f"{command}=?") == f"\r\n{command}: {','.join(map(str, made.values))}\r\n" + OK
        last = ",".join(each.words[-1] if isinstance(each, Choice) else str(each.high) for each in made.values)
        assert dte.says(f"{command}={last}") == OK
        assert dte.says(f"{command}?") == f"\r\n{command}: {last}\r\n" + OK
        assert dte.says(f"{command}=99999999") == ERROR
    tried = list(written(row))
    assert {key for _, key in tried} == row.answers.keys(), "each pattern has a command that it is tried with"
    for text, key in tried:
        said = expected(row.answers[key]).replace("{ssid}", "")
        assert dte.says(text, seconds=60.0) == said


def _in_range(row: CommandRow) -> str:
    values = row.values[0] if row.values else None
    return str(values.low) if isinstance(values, Range) else values.words[0] if values is not None else ""


_APART = frozenset({"D", "A", "O", "&Z", "=", "+CMUX"})
"""Commands that change the state of the modem; they have tests of their own."""


def _is_answered(row: CommandRow, dte: Dte) -> bool:
    """Return whether a row that a profile has from the modem itself is answered in each of its forms."""
    if row.name == "S":
        return dte.says("S7?").endswith(OK)
    if row.is_basic or row.name == "=":
        return dte.says(row.name + _in_range(row)) != ERROR or row.disposition is Disposition.DECLINED
    if row.factory:
        return all(dte.says(row.name + form).endswith(OK) for form in ("?", "=?"))
    answers = [dte.says(row.name + form) for form in ("", "=?")]
    return all(answer.endswith(ERROR if row.disposition is Disposition.DECLINED else (OK, ERROR)) for answer in answers)


@pytest.mark.parametrize("name", shipped_names())
def test_each_row_that_a_profile_has_from_the_modem_is_answered(name: str) -> None:
    profile = shipped(name).profile
    rows = [row for row in profile.rows.values() if row is STANDARD_PROFILE.rows.get_row(row.name)]
    assert len(rows) > 100
    assert [row.name for row in rows if row.name not in _APART and not _is_answered(row, Dte(profile))] == []


@pytest.mark.parametrize("name", [name for name in PLAIN if name != "none"])
def test_the_profile_for_which_no_file_is_read_is_the_one_in_its_file(name: str) -> None:
    quick = session_config(loads(f"title: x\nmodem: {{profile: {name}}}\n")).modem
    profile = shipped(name).profile
    assert profile.identity == quick.identity_in_force
    assert profile.rows is quick.profile.rows
    assert profile.registers is quick.profile.registers
    assert profile.results is quick.profile.results
    assert (profile.settings, profile.unknown, profile.timing, profile.conduct, profile.is_cellular) == (
        quick.profile.settings, quick.profile.unknown, quick.profile.timing, quick.profile.conduct, False,
    )  # fmt: skip


def test_no_profile_is_read_for_the_usual_modem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise AssertionError("a profile was read")

    monkeypatch.setattr("simisp.scenario.profile_file.load_profile", refuse)
    assert loads("title: x\nmodem: {profile: hayes}\n").own_profile is None


@pytest.mark.parametrize("name", shipped_names())
def test_a_scenario_names_each_shipped_profile(name: str) -> None:
    loaded = loads(f"title: x\nmodem: {{profile: {name}}}\n")
    dte = Dte(session_config(loaded).modem.profile)
    assert dte.says("+GMM").endswith(OK)
    assert "The modem" in explain(loaded)
    assert loads(dumps(loaded)).model == loaded.model
    assert shipped(name) is shipped(name)


@pytest.mark.parametrize(
    ("modem", "told"),
    [
        ("{profile: quectel-ec2x}", "CONNECT 150000000"),
        ("{profile: quectel-ec2x, connect: 9600}", "CONNECT 9600"),
        ("{profile: quectel-ec2x, connect: FAST}", "CONNECT FAST"),
        ("{profile: simcom-7600}", "CONNECT 33600"),
    ],
)
def test_the_text_of_connect_is_the_profiles_unless_the_scenario_has_its_own(modem: str, told: str) -> None:
    dte = Dte(session_config(loads(f"title: x\nmodem: {modem}\n")).modem.profile)
    dte.says("D1")
    dte.modem.connect(9600 if "9600" in told else 33600, now=1.0)
    assert told in dte.says("")


def test_a_factory_value_of_a_command_of_the_subsystem_is_in_force_where_there_is_the_subsystem() -> None:
    config = ModemConfig(shipped("simcom-7600").profile)
    assert "+CMEE" not in config.factory.parameters
    row = CommandRow("+CMEE", "27.007 9.1", "errors", do.parameter, (Range(0, 2),), ("0",))
    assert config.with_subsystem({"+CMEE": row}).factory.parameters["+CMEE"] == ("2",)


def test_a_row_of_the_subsystem_answers_what_a_profiles_written_row_does_not() -> None:
    text = 'extends: gsm\ncommands: {"+CMEE": {meaning: x, source: manual, answers: {"+CMEE?": mine}}}\n'
    row = CommandRow("+CMEE", "27.007 9.1", "errors", do.parameter, (Range(0, 2),), ("0",))
    dte = Dte(ModemConfig(profile_from(text).profile).with_subsystem({"+CMEE": row}).profile)
    assert dte.says("+CMEE?") == "\r\nmine\r\n" + OK
    assert dte.says("+CMEE=1") == OK
    assert dte.says("+CMEE=3") == ERROR


@cache
def schema_of_profiles() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(file_schema(ProfileFile, "simisp modem profile"))


@pytest.mark.parametrize("name", shipped_names())
def test_the_schema_takes_the_shipped_profiles_as_an_editor_sees_them(name: str) -> None:
    written = yaml.load((shipped_folder() / f"{name}.yaml").read_bytes(), Loader=CoreLoader)
    schema_of_profiles().validate(written)
    assert not schema_of_profiles().is_valid({**written, "comands": {}})


OWN = r"""
about: A modem of our own
extends: simcom-7600
identity: {model: OURS, information: {0: "Ours\nToo", 7: seven}}
registers: {S0: 1}
factory: {"&D": 3}
result codes: {BUSY: 77, NO CARRIER: LOST}
connect: "CONNECT {rate}{link}"
reliable: "/{protocol}"
unknown command: COMMAND NOT SUPPORT
timing: {deaf after reset: 2s}
conduct: {after z: dropped}
without: ["+CSUB"]
commands:
  "^HELLO":
    meaning: says hello
    source: manual
    answers:
      "^HELLO": hello
      "/\\^HELLO=(?P<who>.*)/": "hello {who}"
    tried: ["^HELLO=1"]
"""


def test_a_users_own_file_is_beside_the_scenario_and_adds_to_the_profile_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "my-modem.yaml").write_text(OWN)
    (tmp_path / "scenario.yaml").write_text("title: x\nmodem: {profile: ./my-modem.yaml}\n")
    config = session_config(load(tmp_path / "scenario.yaml")).modem
    dte = Dte(config.profile)
    assert dte.says("I") == "\r\nOurs\r\nToo\r\n" + OK
    assert dte.says("I7") == "\r\nseven\r\n" + OK
    assert dte.says("+GMI") == "\r\nSIMCOM INCORPORATED\r\n" + OK
    assert dte.says("+CNMP?") == "\r\n+CNMP: 2\r\n" + OK
    assert dte.says("+CSUB") == "\r\nCOMMAND NOT SUPPORT\r\n"
    assert dte.says("^HELLO") == "\r\nhello\r\n" + OK
    assert dte.says('^HELLO="You"') == '\r\nhello "You"\r\n' + OK
    assert dte.says("S0?") == "\r\n001\r\n" + OK
    assert config.factory.numbers["&D"] == 3
    assert (config.profile.is_cellular, config.profile.conduct.reset_ends_line) == (True, True)
    assert config.profile.timing.deaf_after_reset == 2.0
    assert dte.says("V0") == "0\r"


def test_a_users_file_may_extend_another_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("identity: {model: Base}\nregisters: {S7: 99}\n")
    (tmp_path / "mine.yaml").write_text("extends: ./base.yaml\nidentity: {revision: '9'}\n")
    profile = load_profile("./mine.yaml", beside=tmp_path).profile
    assert (profile.identity.model, profile.identity.revision, profile.registers[7].factory) == ("Base", "9", 99)


def test_files_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: ./b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: ./a.yaml\n")
    with pytest.raises(ScenarioError, match="extend each other in a circle"):
        load_profile("./a.yaml", beside=tmp_path)


def test_a_mistake_in_a_profile_is_told_with_its_own_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "my-modem.yaml").write_text("identity:\n  modell: x\n")
    (tmp_path / "scenario.yaml").write_text("title: x\nmodem: {profile: ./my-modem.yaml}\n")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "scenario.yaml")
    assert f"{tmp_path}/my-modem.yaml:2:3: error: unknown key 'modell'" in str(caught.value)
    assert "did you mean 'model'?" in str(caught.value)


def test_a_profile_that_is_not_there_is_told_in_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text("title: x\nmodem: {profile: ./my-modem.yaml}\n")
    with pytest.raises(ScenarioError, match=r"scenario.yaml:2:18: error: can't read the profile './my-modem.yaml'"):
        load(tmp_path / "scenario.yaml")


MISTAKES = [
    ("extends: hayez\n", "1:10: error: no profile 'hayez'"),
    ("registers: {S6: 1}\n", "1:17: error: S6 can't be 1"),
    ("factory: {E: 2}\n", "1:14: error: E can't be 2"),
    ("commands: {CSQ: {meaning: x, source: manual, disposition: declined}}\n", "'CSQ' is not a name"),
    ("commands: {+CSQ: {meaning: x, source: book, disposition: declined}}\n", "expected standard, manual, capture or"),
    ("commands: {+CSQ: {source: manual, disposition: declined}}\n", "1:18: error: 'meaning' is missing"),
    ("commands: {+CSQ: {meaning: x, source: manual}}\n", "expected answers, or values"),
    ("commands: {+CSQ: {meaning: x, source: manual, values: [0-1]}}\n", "one factory value for each"),
    ("commands: {+X: {meaning: x, source: manual, values: [0-1, 0-1], factory: [0, 2]}}\n", "+X can't be 2"),
    ("without: [+MS, +SM]\n", "1:16: error: v250 has no command '+SM' that could be left out"),
    ("extends: gsm\nwithout: [+CREG]\n", "those of every cellular modem, such as +CREG, can't be left out"),
    ("commands: {+CSQ: {meaning: x, source: manual, answers: {+CREG: OK}}}\n", "'+CREG' is no form of +CSQ"),
    ("commands: {+CSQ: {meaning: x, source: manual, answers: {/.*/: OK}}}\n", "'/.*/' is no form of +CSQ"),
    ("commands: {+CSQ: {meaning: x, source: manual, answers: {+CSQ: '{x}'}}}\n", "no pattern finds 'x'"),
    ("conduct: {deaf after: {reset: 2s}}\n", "unknown key 'deaf after'"),
    ("[]\n", "expected a mapping"),
    ("", "the file is empty"),
    ("a: [\n", "not YAML"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_in_a_profile_says_what_was_meant(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        profile_from(text)
    assert message in str(caught.value)


def test_the_profiles_are_in_the_package() -> None:
    builders = pytest.importorskip("hatchling.builders.wheel")
    root = Path(__file__).parents[2]
    packed = {Path(file.distribution_path) for file in builders.WheelBuilder(str(root)).recurse_included_files()}
    assert {Path("simisp/modem/profiles", f"{name}.yaml") for name in shipped_names()} <= packed
    assert {path.stem for path in shipped_folder().glob("*.yaml")} == set(shipped_names())
    assert set(shipped_names()) == {
        "gsm", "hayes", "huawei-stick", "quectel-ec2x", "simcom-7600", "v250", "wifi-retro"
    }  # fmt: skip


_WORDS = st.sampled_from(
    [
        *("identity", "model", "information", "registers", "S7", "factory", "E", "result codes", "OK", "connect"),
        *("unknown command", "conduct", "after z", "commands", "+X", "answers", "+X?", "/\\+X=(?P<a>.*)/", "in turn"),
        *(
            "meaning",
            "source",
            "manual",
            "values",
            "0-3",
            "3-0",
            "1,2",
            "tried",
            "without",
            "extends",
            "v250",
            "{a}",
            "7",
        ),
        *(
            "answer",
            "after",
            "send",
            "2s",
            "disposition",
            "declined",
            "cellular",
            "yes",
            "",
            "timing",
            "\xff",
            "9" * 30,
        ),
    ]
)
_VALUES = st.recursive(
    _WORDS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(written=st.dictionaries(_WORDS, _VALUES, max_size=5))
def test_whatever_a_file_says_it_is_a_profile_or_a_mistake_with_a_place(written: dict[str, object]) -> None:
    told: Sequence[Diagnostic] = ()
    try:
        profile = profile_from(yaml.safe_dump(written)).profile
    except ScenarioError as error:
        told = error.diagnostics
        assert told, "a mistake is told"
    if not told:
        assert Dte(profile).says("").strip()
