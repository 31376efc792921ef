"""The article's story where the ISP speaks PPP: the link is the real one, and so are its failures."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from simisp.dialling.files.story_file import load_story
from simisp.isp.steps import DialogueProgram, HandOver
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.behaviour import LinkBehaviour, PppFrame
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.scenario.load import bundled_folder
from simisp.story.config import QueueMail
from story.stories import HOUR, LOGIN, REPAIRED, SILENT, Played, message, story
from support.two_links import SERVER

AT_THE_ISP = replace(SERVER, auth=(AuthMethod.PAP,), accounts={"alice": "wonderland"})


class Silent(LinkBehaviour):
    """Sends nothing."""

    def before_send(self, frame: PppFrame, *, now: float) -> tuple[PppFrame, ...]:
        return ()


def with_ppp(config: PppConfig = AT_THE_ISP, behaviour: LinkBehaviour | None = None) -> DialogueProgram:
    return DialogueProgram((*LOGIN.code, HandOver("PPP", lambda: PppFarEnd(config, behaviour))), name="login, PPP")


def test_mail_goes_out_over_a_link_that_was_negotiated() -> None:
    played = Played(story(with_ppp(), script=REPAIRED, actions=[QueueMail(0.0, message("m"))]), until=HOUR - 1)
    assert [mail.content for mail in played.station.accepted] == [b"Subject: m\r\n\r\nhello\r\n"]
    assert len(played.facts("PPP up")) == played.calls
    assert {authenticated["name"] for _, authenticated in played.facts("PPP authenticated")} == {"alice"}
    downs = [down["reason"] for _, down in played.facts("PPP down")]
    assert set(downs) <= {"the peer ended the link"}
    assert played.events(4106) == []


def test_the_silent_isp_costs_the_repaired_script_one_session_and_then_ppp_comes_up() -> None:
    config = story(SILENT, with_ppp(), script=REPAIRED, actions=[QueueMail(0.0, message("m"))])
    played = Played(config, until=HOUR)
    ((lost, text),) = played.events(4106)
    assert lost == 1.0 + 60.0 + 30.0 + 1.0  # connected, waited for the password, ten requests unanswered, hung up
    assert "[721] PPP: the far end does not respond." in text
    assert len(played.station.accepted) == 1


def test_a_password_that_ppp_refuses_is_691() -> None:
    wrong = replace(AT_THE_ISP, accounts={"alice": "another"})
    played = Played(story(with_ppp(wrong), script=REPAIRED, actions=[QueueMail(0.0, message("m"))]), until=HOUR)
    assert played.events(4106)
    assert all("[691]" in text for _, text in played.events(4106))
    assert played.station.accepted == []


def test_an_isp_that_is_silent_in_lcp_is_721_and_the_port_comes_free() -> None:
    stays = replace(AT_THE_ISP, timers=RestartTimers(max_configure=1000))
    at_the_isp = with_ppp(stays, Silent())
    played = Played(story(at_the_isp, script=REPAIRED, actions=[QueueMail(0.0, message("m"))]), until=HOUR - 1)
    assert played.events(4106)
    assert all("[721]" in text for _, text in played.events(4106))
    assert played.port_states[-1][1] == "closed"


def test_the_story_of_the_article_comes_out_as_it_would_without_ppp_at_its_end(tmp_path: Path) -> None:
    shutil.copytree(bundled_folder() / "scripts", tmp_path / "scripts")
    told = (bundled_folder() / "kb175410.yaml").read_text()
    step = "      - ppp: {auth: chap, dns: [10.0.0.53], network: echo}\n"
    assert told.count(step) == 1
    stood_in, real = (
        _story_of(tmp_path / name, text)
        for name, text in (("stood-in.yaml", told.replace(step, "")), ("real.yaml", told))
    )
    assert {fact["method"] for _, fact in real.facts("PPP authenticated")} == {"chap"}
    assert len(real.facts("PPP up")) > 0
    assert real.facts("PPP frame error") == []
    assert [text for _, text in real.events(4106)] == [text for _, text in stood_in.events(4106)]
    assert [mail.content for mail in real.station.accepted] == [mail.content for mail in stood_in.station.accepted]
    assert real.calls == stood_in.calls


def _story_of(file: Path, text: str) -> Played:
    file.write_text(text)
    loaded = load_story(file)
    return Played(loaded.config, until=loaded.duration)
