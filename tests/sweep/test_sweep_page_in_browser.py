"""The page of a sweep in a real browser, by what a person does with it. All tests share one browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.scenario.load import bundled_folder, load
from simisp.sweep.reports.html import as_html
from simisp.sweep.reports.transcripts import transcripts_of
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.sweep import Sweep, run_sweep
from support.browser import Browser

pytestmark = [pytest.mark.runner("chromium"), pytest.mark.runner("bash"), pytest.mark.xdist_group("browser")]

DETAIL = "document.querySelector('#detail').innerText"
CHOSEN = "document.querySelector('.cell.chosen').style.left"
FADED = "document.querySelectorAll('.cell.faded').length"
CELLS = "document.querySelectorAll('.cell').length"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (bundled_folder() / "scripts" / "naive.scp").read_bytes()
    sweep = Sweep(load("login"), ScpClient(text, "naive.scp"), "stalls")
    result = run_sweep(sweep)
    path = tmp_path_factory.mktemp("page") / "sweep.html"
    path.write_text(as_html(result, transcripts_of(sweep, result)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.resize(1280, 860)
        yield browser


@pytest.fixture
def browser(chromium: Browser, page: Path) -> Iterator[Browser]:
    chromium.prefer("light")
    chromium.go(page)
    yield chromium
    assert chromium.said == [], "the page asks for nothing, and no error is logged"


def test_the_first_finding_is_shown_with_verdict_scenario_replay_and_transcript(browser: Browser) -> None:
    said = browser.value(DETAIL)
    assert "holds the port" in said
    assert 'naive.scp:8: waitfor "ervice?"' in said
    assert "fault: silence" in said
    assert "--script naive.scp" in said
    assert "ATDT5551234" in said
    assert "wonderland" not in said


def test_a_cell_is_chosen_by_a_click_and_by_the_arrow_keys(browser: Browser) -> None:
    browser.click(".cell.g0")
    assert "went on to success" in browser.value(DETAIL)
    browser.press("n")
    first = browser.value(CHOSEN)
    browser.press("ArrowRight")
    assert browser.value(CHOSEN) != first
    browser.press("ArrowLeft")
    assert browser.value(CHOSEN) == first


def test_a_cause_leaves_only_its_own_cells_until_it_is_chosen_again(browser: Browser) -> None:
    browser.value("document.querySelector('#causes tbody tr').focus()")
    browser.press("Enter")
    assert 0 < browser.value(FADED) < browser.value(CELLS)
    assert "cause 1" in browser.value(DETAIL)
    browser.press("Enter")
    assert browser.value(FADED) == 0


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_colours_are_the_systems_until_they_are_switched(
    browser: Browser, page: Path, scheme: str, other: str
) -> None:
    browser.prefer(scheme)
    browser.go(page)
    assert browser.value("document.documentElement.dataset.theme") == scheme
    browser.press("t")
    assert browser.value("document.documentElement.dataset.theme") == other


def test_nothing_is_wider_than_a_narrow_window(browser: Browser) -> None:
    browser.resize(420, 800)
    try:
        assert browser.value("document.documentElement.scrollWidth <= innerWidth")
    finally:
        browser.resize(1280, 860)
