"""`simisp check`: which files it takes, what it says of them, and in which form."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import BaseModel

from simisp.cli import file_kind, main
from simisp.cli.file_kind import FileKind, kind_of
from simisp.dialling.files.phonebook_file import EntrySection
from simisp.dialling.files.story_file import DiallingSection
from simisp.scenario.line_section import LineSection
from simisp.scenario.model import ExchangeSection, IspSection, ModemSection, PortSection

MISTAKE = "title: x\nisp:\n  dialogue:\n    - promt: a\n"
PHONE_BOOK = "OzEmail: {number: '1', port: /dev/ttyS0}\nisp:\n  number: '2'\n  port: /dev/ttyS1\n"
RASPHONE = "[Home]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\n[VPN]\nMEDIA=rastapi\n"
MAIL = "phonebook: phonebook.yaml\nentry: OzEmail\nschedule: {every: 1h}\n"
PROFILE = 'about: x\nextends: gsm\ncommands: {"+X": {meaning: x, source: manual, disposition: declined}}\n'
SCRIPT = 'proc main\n  waitfor "ogin:"\nendproc\n'
SWITCH_INF = '[Login]\nCOMMAND=\nOK=<match>"ogin:"\n'


def simisp(*arguments: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["check", *arguments], prog_name="simisp", input=given)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_dash_is_standard_input_and_is_named_so_with_line_and_column(folder: Path) -> None:
    result = simisp("-", given=MISTAKE)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[0] == "<stdin>:4:7: error: unknown step 'promt'"
    assert list(folder.iterdir()) == []


def test_a_password_is_masked_in_a_shown_line_also_under_a_misspelt_key_and_where_it_stands_again(folder: Path) -> None:
    (folder / "a.yaml").write_text(
        "title: x\nisp:\n  accounts: {alice: hunter2secret}\n  dialogue:\n"
        "    - authenticate: {user: 'login:', pasword: another1}\n    - sned: hunter2secret\n"
    )
    result = simisp("a.yaml")
    assert result.exit_code == 2
    assert "unknown key 'pasword'" in result.stderr
    assert "sned: *************" in result.stderr
    assert "hunter2secret" not in result.stderr
    assert "another1" not in result.stderr


def test_standard_input_is_checked_only_once(folder: Path) -> None:
    result = simisp("-", "a.yaml", "-", given="title: x\n")
    assert result.exit_code == 2
    assert "standard input (-) can be checked only once" in result.stderr


def test_a_file_that_is_not_there_has_no_line_and_no_column(folder: Path) -> None:
    assert simisp("a.yaml").stderr.startswith("a.yaml: error: no such file: a.yaml in ")
    [finding] = json.loads(simisp("a.yaml", "--format", "json").stdout)
    assert (finding["file"], finding["line"], finding["column"], finding["end"]) == ("a.yaml", None, None, None)
    assert simisp("a.yaml", "--format", "github").stdout.startswith("::error file=a.yaml::no such file: ")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "title: A scenario\n", "A scenario"),
        ("a.yaml", "{title: A scenario, isp: {dialogue: [silence]}}", "A scenario"),
        ("a.yaml", PHONE_BOOK, "phone book, 2 entries"),
        ("a.pbk", RASPHONE, "phone book, 1 entry that can be dialled"),
        ("a.yml", MAIL, "mail settings, dials OzEmail"),
        ("my-modem.yaml", PROFILE, "modem profile, extends gsm, 1 command of its own"),
        ("a.scp", SCRIPT, "dial-up script; `simisp script lint` looks for what would hang it"),
        ("switch.inf", SWITCH_INF, "SWITCH.INF, 1 section"),
    ],
)
def test_every_kind_of_file_is_recognised_by_name_and_on_standard_input(
    folder: Path, name: str, text: str, said: str
) -> None:
    (folder / "phonebook.yaml").write_text(PHONE_BOOK)
    (folder / name).write_text(text)
    assert simisp(name).stdout == f"{name}: right: {said}\n"
    assert simisp("-", given=text).stdout == f"<stdin>: right: {said}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Home: {number: '1', prt: x}\n", "<stdin>:1:21: error: unknown key 'prt'"),
        ("'[key]': x\nHome: {number: '1', port: x}\n", "<stdin>:1:10: error: expected a mapping"),
        ("schedule: {every: 1h}\nentri: x\n", "<stdin>:2:1: error: unknown key 'entri'"),
        ("proc main\n  waitfor\nendproc\n", "<stdin>:2:"),
        ("[A]\nCOMMAND=<nonsense>\nnonsense\n", "<stdin>:3:"),
        ("", "<stdin>:1:1: error: the file is empty"),
        (b"\xff\xfet\0", "<stdin>:1:1: error: octet 0xff is not UTF-8"),
        (b"title: x\0", "<stdin>:1:9: error: "),
    ],
)
def test_a_mistake_in_any_kind_of_file_has_its_place(folder: Path, text: str | bytes, told: str) -> None:
    result = simisp("-", given=text)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_scenario_that_extends_another_one_is_no_phone_book_though_its_caller_has_a_number(folder: Path) -> None:
    calls = '[{at: 1s, caller: {number: "5550177"}}]'
    (folder / "called.yaml").write_text(f"extends: login.yaml\nexchange:\n  calls in: {calls}\n")
    result = CliRunner().invoke(main, ["check", str(folder / "called.yaml")])
    assert (result.exit_code, "right: " in result.output) == (0, True), result.output


@pytest.mark.parametrize(
    "text",
    [
        "lines: [{number: '1'}]\nexchange: {default: isp}\nisp: {dialogue: [silence]}\nmodem: {profile: hayes}\n",
        "lines:\n  - name: a\n    number: '1'\n",
        "modem:\n  cellular:\n    number: '5'\nisp:\n  dialogue: [silence]\n",
        "exchange:\n  calls in:\n    - at: 1s\n      caller:\n        number: '5'\n",
        "modem: {number: '5'}\nisp: {dialogue: [silence]}\n",
        "expect:\n  - released\nline: {number: '5'}\n",
    ],
    ids=["bank", "bank in lines", "subscriber", "caller", "unknown key", "expectations"],
)
def test_a_scenario_without_a_title_is_no_phone_book_though_something_in_it_has_a_number(
    folder: Path, text: str
) -> None:
    (folder / "a.yaml").write_text(text)
    assert "a.yaml:1:1: error: 'title' is missing" in simisp("a.yaml").stderr


def test_the_bundled_scenarios_without_their_titles_are_scenarios() -> None:
    for file in sorted((Path(__file__).resolve().parents[2] / "scenarios").glob("*.yaml")):
        untitled = re.sub(r"(?m)^title:.*\n", "", file.read_text())
        assert kind_of(untitled.encode(), file.name) is FileKind.SCENARIO, file.name


@pytest.mark.parametrize("mistake", ["ppp: yes", "profile: hayes", "commands: [ATZ]"])
def test_a_phone_book_with_a_key_of_a_scenario_in_an_entry_named_isp_is_a_phone_book(
    folder: Path, mistake: str
) -> None:
    (folder / "a.yaml").write_text(f"isp:\n  number: '2'\n  port: /dev/ttyS1\n  {mistake}\n")
    assert f"a.yaml:4:3: error: unknown key '{mistake.partition(':')[0]}'" in simisp("a.yaml").stderr


@pytest.mark.parametrize("own", ["line:\n  pace: x\n", "lines: x\n", "port: {starts: x}\n", "seed: x\n"])
def test_a_scenario_in_a_folder_that_changes_another_ones_line_or_port_alone_is_not_passed_over(
    folder: Path, own: str
) -> None:
    (folder / "a.yaml").write_text(f"extends: login.yaml\n{own}")
    result = simisp(".")
    assert (result.exit_code, "a.yaml:" in result.stderr, "skipped" in result.stderr) == (2, True, False)


def test_the_keys_that_tell_a_scenario_from_a_phone_book_are_all_that_each_of_them_has() -> None:
    sections = (ModemSection, ExchangeSection, IspSection, PortSection, LineSection, DiallingSection)
    of_sections = {key for section in sections for key in _keys(section)}
    assert of_sections - _keys(EntrySection) - {"name"} == file_kind._OF_SECTIONS
    assert _keys(EntrySection) - {"number", "user"} == file_kind._OF_ENTRIES


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_a_warning_leaves_a_file_right_and_is_shown(folder: Path) -> None:
    (folder / "a.pbk").write_text(RASPHONE)
    result = simisp("a.pbk")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == "a.pbk:6:2: warning: the entry 'VPN' has no number to dial"


def test_a_folder_is_gone_through_and_what_is_not_ours_is_skipped_and_said_to_be(folder: Path) -> None:
    inner = folder / "inner"
    (inner / ".git").mkdir(parents=True)
    (folder / "b.yaml").write_text("title: B\n")
    (inner / "a.yml").write_text("title: A\n")
    (inner / "SWITCH.INF").write_text(SWITCH_INF)
    (inner / ".git" / "c.yaml").write_text("not: ours\n")
    (inner / "compose.yaml").write_text("services: {web: {image: x}}\n")
    (inner / "README.md").write_text("title: no\n")
    os.mkfifo(inner / "fifo.yaml")
    (inner / "loop").symlink_to(folder)
    result = simisp(".")
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        "b.yaml",
        "inner/SWITCH.INF",
        "inner/a.yml",
    ]
    assert result.stderr == "inner/compose.yaml: skipped: neither a scenario nor another file of simisp's\n"
    assert result.exit_code == 0


def test_a_folder_with_a_mistake_in_one_file_is_wrong_and_the_rest_is_checked(folder: Path) -> None:
    (folder / "a.yaml").write_text(MISTAKE)
    (folder / "b.yaml").write_text("title: B\n")
    (folder / "c.yaml").symlink_to("nowhere")
    result = simisp(str(folder))
    assert result.exit_code == 2
    assert f"{folder}/a.yaml:4:7: error: " in result.stderr
    assert f"{folder}/c.yaml: error: no such file or directory" in result.stderr
    assert "b.yaml: right: B" in result.stdout


def test_a_folder_with_nothing_to_check_is_not_called_right(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = simisp("empty")
    assert result.exit_code == 2
    assert "empty: error: nothing in this folder can be checked" in result.stderr


def test_a_file_is_read_once_so_that_it_may_be_a_pipe(folder: Path) -> None:
    story = Path(__file__).resolve().parents[2] / "scenarios" / "kb175410.yaml"
    (folder / "scripts").symlink_to(story.parent / "scripts")
    assert simisp("-", given=story.read_text()).exit_code == 0


def test_json_has_one_object_for_each_finding_and_nothing_else(folder: Path) -> None:
    (folder / "a.yaml").write_text(MISTAKE)
    (folder / "b.yaml").write_text("title: B\n")
    result = simisp("--format", "json", "a.yaml", "b.yaml")
    assert json.loads(result.stdout) == [
        {
            "file": "a.yaml", "line": 4, "column": 7, "end": {"line": 4, "column": 12}, "code": "",
            "severity": "error", "message": "unknown step 'promt'", "hint": "did you mean 'prompt'?",
        }
    ]  # fmt: skip
    assert (result.exit_code, result.stderr) == (2, "")
    assert simisp("--format", "json", "b.yaml").stdout == "[]\n"


def test_findings_are_workflow_commands_for_github_with_everything_escaped(folder: Path) -> None:
    name = "50%,a:b.yaml"
    (folder / name).write_text(MISTAKE)
    result = simisp("--format", "github", name)
    assert result.stdout == (
        "::error file=50%25%2Ca%3Ab.yaml,line=4,col=7,endColumn=12::unknown step 'promt'%0Adid you mean 'prompt'?\n"
    )
    (folder / "new\nline.yaml").write_text(MISTAKE)
    (line,) = simisp("--format", "github", "new\nline.yaml").stdout.splitlines()
    assert line.startswith("::error file=new%0Aline.yaml,line=4,")


def test_warnings_are_warnings_for_github_too(folder: Path) -> None:
    (folder / "a.pbk").write_text(RASPHONE)
    result = simisp("--format", "github", "a.pbk")
    assert result.stdout.startswith("::warning file=a.pbk,line=6,col=2,")
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("titel: x\nIsp:\n  dialogue: [silence]\n", "unknown key 'titel'"),
        ("entri: OzEmail\nphonebok: p\nhost: x\nqueue: q\n", "unknown key 'entri'"),
        ('OzEmail:\n  nummber: "1"\n  port: x\n  pacience: 3s\n', "unknown key 'nummber'"),
    ],
    ids=["scenario", "mail settings", "phone book"],
)
def test_a_file_in_a_folder_whose_keys_are_all_misspelt_is_checked_as_what_it_resembles(
    text: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(text)
    result = simisp(str(tmp_path))
    assert result.exit_code == 2
    assert told in result.stderr
    assert "skipped" not in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "name: CI\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    script: make\n",
        "services:\n  web:\n    image: nginx\n    init: true\n    ports: ['80:80']\n",
        "kind: Service\nspec:\n  ports:\n    - protocol: TCP\n      port: 80\n",
        "repos:\n  - repo: local\n    hooks:\n      - id: x\n        entry: make\n        language: system\n",
    ],
    ids=["workflow", "compose", "kubernetes", "pre-commit"],
)
def test_a_file_in_a_folder_that_resembles_none_of_ours_is_left_to_others(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text)
    assert "skipped" in simisp(str(tmp_path)).stderr


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_scenario_in_utf_16_is_not_passed_over_in_a_folder(folder: Path, encoding: str) -> None:
    (folder / "a.yaml").write_bytes(f"\ufeff{MISTAKE}".encode(encoding))
    (folder / "compose.yaml").write_bytes("\ufeffservices: {}\n".encode(encoding))
    result = simisp(".")
    assert result.exit_code == 2
    assert "a.yaml:1:1: error: octet 0xf" in result.stderr
    assert "compose.yaml: skipped" in result.stderr
