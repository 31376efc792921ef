"""What is found on a command comes to the same verdict once more: by its written scenario, and by its token alone."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

from simisp.cli import main
from simisp.diagnostics import STANDARD_INPUT
from simisp.errors import ClientError
from simisp.runner.run_options import RunOptions
from simisp.scenario.dump import dumps
from simisp.scenario.load import LoadedScenario, load, loads
from simisp.sweep.case import Case
from simisp.sweep.command_client import CommandClient, CommandLimits
from simisp.sweep.findings import FindingClass, judge
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.plans import PLANS
from simisp.sweep.reports.transcripts import transcripts_of
from simisp.sweep.result import CaseResult, Group
from simisp.sweep.smallest import with_files, with_smallest
from simisp.sweep.sweep import Sweep, result_of, run_sweep
from simisp.sweep.token import Replay, read_token, replay_line, scenario_name, token_of
from simisp.sweep.undisturbed import Undisturbed
from simisp.virtual_loop.limits import COMPUTE_LIMIT

PLANTED = Path(__file__).parents[1] / "support" / "planted_client.py"
TALKS = """\
title: Talks
modem: {profile: none}
port: {starts: raw}
isp:
  accounts: {a: hunter22}
  dialogue:
    - {prompt: "Name:", read: username}
    - {prompt: "Word:", read: password, echo: false}
    - {mark: in}
    - {send: "Done\\n"}
"""
SILENCE = Case("silence", "stalls", "silence", overlay={"line": {"faults": [{"fault": "silence"}]}})


@pytest.fixture
def talks(tmp_path: Path) -> LoadedScenario:
    path = tmp_path / "talks.yaml"
    path.write_text(TALKS)
    return load(str(path))


def planted(fault: str) -> CommandClient:
    command = (sys.executable, "-IS", str(PLANTED), fault, "{port}", "{locks}", "hunter22")
    # How long it may compute is asked of its CPU time too; the limit of a case is not, and a busy machine takes long.
    options = RunOptions(compute_limit=0.2 if fault == "spin" else COMPUTE_LIMIT)
    return CommandClient(
        command, options=options, limits=CommandLimits(seconds=60.0, processes=20), secrets=("hunter22",)
    )


def judged(undisturbed: Undisturbed, outcome: CaseOutcome) -> CaseResult:
    return CaseResult(SILENCE, outcome, judge(undisturbed.outcome, outcome), 0)


def simisp(*words: str) -> Result:
    return CliRunner().invoke(main, ["run", "--quiet", *words])


def written_words(group: Group, command: tuple[str, ...]) -> list[str]:
    """Return the call that a written scenario names, with its masked password put in again."""
    assert group.shrunk is not None
    about = load(group.shrunk.file).model.about
    assert about is not None
    words = shlex.split(about.partition("simisp run THIS ")[2])
    assert words[words.index("--") + 1 :] == [word.replace("hunter22", "********") for word in command]
    return [*words[: words.index("--")], group.shrunk.file, "--", *command]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("hang", FindingClass.HANG_PROVEN),
        ("hour", FindingClass.HANG_UNTIL),
        ("held", FindingClass.PORT_HELD),
        ("orphan", FindingClass.ORPHAN),
        ("lock", FindingClass.STALE_LOCK),
        ("crash", FindingClass.CRASH),
        ("success", FindingClass.WRONG_SUCCESS),
        ("astray", FindingClass.SECRET_ASTRAY),
        ("storm", FindingClass.RETRY_STORM),
        ("spin", FindingClass.SPINNING),
    ],
)
def test_a_planted_fault_of_each_class_is_found_and_its_scenario_and_its_token_show_it_again(
    fault: str, kind: FindingClass, talks: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = planted(fault)
    player = client.player(talks)
    outcome = player.play(SILENCE)
    sweep, undisturbed = Sweep(talks, client, "stalls"), player.undisturbed()
    result = result_of(sweep, undisturbed, [judged(undisturbed, outcome)], planned=1)
    found = [group for group in result.groups if group.kind is kind]
    assert found, [(group.kind, group.detail) for group in result.groups]

    def as_it_is(*_: object) -> tuple[Case, CaseOutcome]:
        return SILENCE, outcome

    monkeypatch.setattr("simisp.sweep.smallest.shrunk", as_it_is)
    smallest = with_smallest(sweep, replace(result, groups=tuple(found)))
    (group,) = with_files(sweep, smallest, tmp_path / "found").groups
    assert group.shrunk is not None
    assert "hunter22" not in group.shrunk.token
    expected = f"{outcome.verdict.value}: {outcome.reason}\n"
    limit = ("--compute-limit", "200ms") if fault == "spin" else ()  # no token has it
    again = simisp("--replay", group.shrunk.token, *limit)
    assert again.output.startswith(expected), again.output
    played = simisp(*limit, *written_words(group, client.command))
    assert played.output.startswith(expected), played.output
    _assert_shown_again(kind, group.shrunk.outcome, again.output)


def _assert_shown_again(kind: FindingClass, outcome: CaseOutcome, said: str) -> None:
    """Assert that a run shows what a sweep calls by more than the verdict."""
    for left in (*outcome.orphans, *outcome.locks):
        assert left.removesuffix("N") in said, said
    if kind is FindingClass.CRASH:
        assert "SIGSEGV" in said


def test_the_clean_twin_shows_nothing_whatever_is_done_to_its_processes(talks: LoadedScenario) -> None:
    player = planted("none").player(talks)
    usual = player.undisturbed()
    assert (usual.outcome.exit_status, player.play(SILENCE).exit_status) == (0, 3)
    at_the_password = usual.prompts[1].position
    cases = [case for case in PLANS["process"](talks, usual, 0) if case.position == at_the_password]
    assert len({case.row for case in cases}) == 5
    found = {case.row: judge(usual.outcome, player.play(case)) for case in [SILENCE, *cases]}
    assert [row for row, findings in found.items() if findings] == [], found


def test_all_scenarios_and_tokens_of_a_sweep_of_a_command_come_to_their_verdicts(
    tmp_path: Path, talks: LoadedScenario
) -> None:
    Path(talks.path).write_text(
        'title: T\nmodem: {profile: none}\nport: {starts: raw}\nisp: {dialogue: [send: "Hi"]}\n'
    )
    scenario = load(talks.path)
    client = CommandClient(("sh", "-c", "head -c 1 >/dev/null; head -c 1"))
    sweep = Sweep(scenario, client, "stalls")
    result = with_files(sweep, with_smallest(sweep, run_sweep(sweep)), tmp_path / "found")
    assert len(result.groups) == len(list((tmp_path / "found").iterdir())) > 0
    for group in result.groups:
        assert group.shrunk is not None
        expected = f"{group.shrunk.outcome.verdict.value}: {group.shrunk.outcome.reason}\n"
        assert simisp("--replay", group.shrunk.token).output.startswith(expected)
        assert simisp(*written_words(group, client.command)).output.startswith(expected)
    shown = transcripts_of(sweep, result)
    assert [group.cases[0] in shown for group in result.groups] == [True] * len(result.groups)
    assert all("isp" in text for text in shown.values())


def token_of_hang(talks: LoadedScenario, *command: str) -> str:
    client = CommandClient(command, secrets=("hunter22",))
    return token_of(replace(client.replay(talks), overlay=SILENCE.overlay))


def test_a_command_is_in_its_token_as_it_was_typed_and_a_password_is_not(talks: LoadedScenario) -> None:
    token = token_of_hang(talks, "chat", "-v", "word:", "hunter22", "two words")
    assert token.partition(" -- ")[2] == "chat -v word: {password:a} 'two words'"
    assert replay_line(token).endswith("""-- chat -v word: {password:a} 'two words'\"""")
    assert read_token(token).command == ("chat", "-v", "word:", "{password:a}", "two words")


def test_a_scenario_from_standard_input_is_given_there_again(talks: LoadedScenario) -> None:
    given = loads(dumps(talks.model), name=STANDARD_INPUT)
    token = token_of(Replay(scenario=scenario_name(given), script="login.scp"))
    assert replay_line(token) == f"simisp run - --replay {token}"
    assert replay_line(token_of(Replay(scenario="login"))).startswith("simisp run --replay ")


def test_a_command_that_was_cut_or_changed_starts_nothing(talks: LoadedScenario) -> None:
    token = token_of_hang(talks, "sh", "-c", "echo started >&2")
    for wrong in (token[:-4], token.replace("echo", "exec")):
        said = simisp("--replay", wrong)
        assert said.exit_code == 2
        assert "--replay: the token's command is not whole, or was changed" in said.output


def test_a_command_that_is_not_in_its_token_is_asked_for(talks: LoadedScenario) -> None:
    token = token_of_hang(talks, "chat", "word:", "HUNTER22")
    assert " -- " not in token
    said = simisp("--replay", token)
    assert said.exit_code == 2
    assert "the token is of a run with a COMMAND that is not in it: give it after --" in said.output


def test_what_is_pasted_without_quotes_is_played_the_same(talks: LoadedScenario) -> None:
    token, _, command = token_of_hang(talks, "sh", "-c", "case hunter22 in h*2) read x;; esac").partition(" -- ")
    assert command == "sh -c 'case {password:a} in h*2) read x;; esac'"
    said = simisp("--replay", token, "--", *shlex.split(command))
    assert said.output.startswith("hang: the command holds the port; proven"), said.output


@pytest.mark.parametrize(("words", "seconds"), [((), 2.0), (("--compute-limit", "3s"), 3.0)])
def test_a_command_is_replayed_with_half_the_limit_of_its_case_for_computing(
    words: tuple[str, ...], seconds: float, talks: LoadedScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = CommandClient(("true",), limits=CommandLimits(seconds=4.0))
    token = token_of(replace(client.replay(talks), overlay=SILENCE.overlay))
    asked: list[RunOptions] = []

    async def kept(*given: object, seconds: float = 0.0, processes: int = 0) -> NoReturn:
        asked.extend(each for each in given if isinstance(each, RunOptions))
        raise ClientError("not played")

    monkeypatch.setattr("simisp.sweep.command_player.run_limited", kept)
    monkeypatch.setattr("simisp.runner.limited.run_limited", kept)
    simisp("--replay", token, *words)
    with pytest.raises(ClientError, match="not played"):
        client.player(talks).play(SILENCE)
    assert [options.compute_limit for options in asked] == [seconds, 2.0]
