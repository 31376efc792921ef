"""The page of a run in a real browser, by what a person does with it. All tests share one browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.report.page.page import page
from simisp.report.picture.model import picture_of
from support.browser import Browser
from support.pictured_runs import HEADER, HOSTILE, bank, hang, many

pytestmark = [pytest.mark.runner("chromium"), pytest.mark.runner("bash"), pytest.mark.xdist_group("browser")]

_MANY = 100_000
DETAIL = "document.querySelector('#detail').innerText"
SELECTED = "document.querySelector('.row.selected .text').textContent"
TICKS = "[...document.querySelectorAll('#timeline .tick')].map(e => e.textContent)"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.resize(1280, 860)
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, records in (("hang", hang()), ("many", many(_MANY))):
        (folder / f"{name}.html").write_text(page(picture_of(HEADER, records)), encoding="utf-8")
    return folder / "hang.html", folder / "many.html"


@pytest.fixture
def browser(chromium: Browser, pages: tuple[Path, Path]) -> Iterator[Browser]:
    chromium.prefer("light")
    chromium.go(pages[0])
    chromium.value("localStorage.clear()")
    yield chromium
    assert chromium.said == [], "the page asks for nothing, and no error is logged"


def test_a_person_finds_the_hang_and_its_holder_by_one_key(browser: Browser) -> None:
    before = browser.value(TICKS)
    browser.press("h")
    assert "pid 7 (chat ogin:) holds the port on descriptor 0" in browser.value(DETAIL)
    assert "blocked in read(0, …)" in browser.value(SELECTED)
    assert browser.value("document.querySelector('#timeline .hang title').textContent").splitlines() == [
        "chat, pid 7: blocked in read(0, …)", "1.200 s to 0:10:00.000 (10 min)", "limit at 3001.200 s",
    ]  # fmt: skip
    assert browser.value(TICKS) != before
    browser.press("0")
    assert browser.value(TICKS) == before


def test_text_and_octets_are_found_and_hostile_octets_are_text(browser: Browser) -> None:
    browser.press("/")
    browser.type("document.title='broken'")
    browser.press("Enter")
    assert browser.value("document.querySelector('#count').textContent") == "1 of 1"
    assert browser.value("document.title") == "hang: hang - simisp"
    assert "3c 2f 73 63 72 69 70 74  3e" in browser.value(DETAIL)
    assert browser.value("run.textContent.includes('<')") is False
    rows = "JSON.parse(run.textContent).rows.map(row => row[5])"
    assert HOSTILE.decode("latin-1") + "\r\n" in browser.value(rows)
    browser.press("Escape")
    browser.press("/")
    browser.type("hex: 43 4f 4e 4e 45 43 54")
    browser.press("Enter")
    assert browser.value(SELECTED) == r"\r\nCONNECT 33600\r\n"


def test_the_password_is_nowhere_in_the_page(browser: Browser) -> None:
    assert browser.value("document.documentElement.outerHTML.includes('swordfish')") is False
    browser.press("/")
    browser.type("*********\\r")
    browser.press("Enter")
    assert "a secret is masked" in browser.value(DETAIL)


def test_a_person_zooms_jumps_over_idle_hours_and_walks_the_rows_by_keyboard(browser: Browser) -> None:
    whole = browser.value(TICKS)
    browser.press("+")
    assert browser.value(TICKS) != whole
    browser.press("]")
    assert browser.value(SELECTED) == "deadline of 600 s"
    browser.press("]")
    assert browser.value(SELECTED) == "port closed"
    browser.press("[")
    assert browser.value(SELECTED) == "deadline of 600 s"
    browser.value("document.querySelector('#list').focus()")
    browser.press("ArrowUp")
    assert browser.value(SELECTED) == "the ISP is silent"
    browser.click("#narrow")
    browser.click("#fit")
    assert len(browser.value(TICKS)) > 3
    assert browser.value(TICKS)[1] == "0:05:00"


def test_the_colours_are_the_systems_until_a_person_chooses(browser: Browser) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = browser.value(ground)
    browser.prefer("dark")
    browser.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    dark = browser.value(ground)
    browser.click("#theme")
    assert (light, dark, browser.value(ground)) == ("rgb(255, 255, 255)", "rgb(20, 23, 27)", light)


def test_a_print_has_every_row_and_the_list_is_as_before_after_it(browser: Browser) -> None:
    browser.value(
        "addEventListener('beforeprint', () => { window.printed = document.querySelector('#printed').rows.length; })"
    )
    assert browser.print().startswith(b"%PDF-")
    rows = browser.value("JSON.parse(run.textContent).rows.length")
    assert browser.value("window.printed") == rows
    assert browser.value("document.querySelector('#printed').rows.length") == 0


def test_a_hundred_thousand_rows_are_searched_and_few_are_in_the_document(
    browser: Browser, pages: tuple[Path, Path]
) -> None:
    browser.go(pages[1])
    browser.press("/")
    browser.type("needle")
    browser.press("Enter")
    assert browser.value(SELECTED) == r"AT+NEEDLE\r"
    assert browser.value("document.querySelectorAll('.row').length") < 100
    assert browser.value("document.querySelectorAll('#timeline *').length") < 5000
    assert browser.value("document.querySelector('#rows').offsetHeight") == 22 * _MANY


def test_a_bank_has_whole_names_rows_in_sight_and_lanes_that_scroll_below_the_times(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "bank.html"
    names = ("1", "branch", "third office", "fourth", "fifth")
    file.write_text(page(picture_of(HEADER, bank(*reversed(names)))), encoding="utf-8")
    browser.go(file)
    labels = browser.value("[...document.querySelectorAll('#timeline .gutter')].map(e => e.firstChild.textContent)")
    assert {f"{name}: modem" for name in names} < set(labels)
    ends = "Math.max(...[...document.querySelectorAll('#timeline .gutter')].map(e => e.getBoundingClientRect().right))"
    assert browser.value(ends) < browser.value(
        "document.querySelector('#timeline .plain').getBoundingClientRect().left"
    )
    assert browser.value("document.querySelector('#list').clientHeight") > 150
    lanes = "document.querySelector('#lanes')"
    assert browser.value(f"{lanes}.scrollHeight > {lanes}.clientHeight + 100 && {lanes}.scrollTop === 0")
    browser.value(f"{lanes}.scrollTop = 300")
    header = "document.querySelector('#timeline .header').getBoundingClientRect().top"
    browser.value("new Promise(requestAnimationFrame)")
    assert abs(browser.value(f"{header} - {lanes}.getBoundingClientRect().top")) < 2
    browser.press("h")
    hang_lane = "document.querySelector('#timeline rect.hang').getBoundingClientRect()"
    box = f"{lanes}.getBoundingClientRect()"
    assert browser.value(f"{hang_lane}.top >= {box}.top && {hang_lane}.bottom <= {box}.bottom")
    browser.resize(480, 860)
    assert browser.value("document.documentElement.scrollWidth") == 480
    browser.resize(1280, 860)
