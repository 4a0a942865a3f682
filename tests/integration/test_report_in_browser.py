"""The report in a real browser: it draws its charts, asks for nothing, and runs nothing that a stranger wrote."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser import Browser, browser, found
from tests.integration.nights import take_unaudited, write_dump
from tests.unit.expectations.strange_lake import HOSTILE, STRUCK, page

PROGRAM = found()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium, chromium-browser or google-chrome on the PATH")

SHOWN = """
    [...document.querySelectorAll('svg[role=img][aria-label]')].filter(svg => {
        const box = svg.getBoundingClientRect(), line = svg.querySelector('.series path').getBBox()
        return box.width > 100 && box.height > 30 && line.width > 50
    }).length
"""
DEEDS = """[
    window.struck, document.title.startsWith('Quality report'), document.scripts.length,
    document.querySelectorAll('iframe, img, link, base, object, embed, form, [srcdoc], [src]').length,
    [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    [...document.links].filter(a => a.protocol === 'javascript:').length
]"""


@pytest.fixture(scope="module")
def there() -> Iterator[Browser]:
    """Start a browser for all of these tests."""
    with browser(str(PROGRAM)) as started:
        yield started


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take two nights, each with its page."""
    folder = tmp_path_factory.mktemp("reports")
    for n in range(2):
        record = {"title": f"Harbour wall {n}", "body": f"The council voted {n} times to mend the wall of the harbour."}
        take_unaudited(folder / "lake", [write_dump(folder / f"{n}.jsonl", [record])], reports=True)
    return folder / "lake" / "reports"


def test_a_page_and_the_index_show_their_charts_and_ask_for_nothing(there: Browser, reports: Path) -> None:
    *_, second, index = sorted(reports.iterdir())
    for path, charts in ((second, 10), (index, 5)):
        there.open(path)

        assert there.requests == [path.as_uri()]
        assert charts <= there.value(SHOWN)
        assert there.value("document.querySelectorAll('svg').length") == there.value(SHOWN)


def test_a_page_is_no_wider_than_a_phone(there: Browser, reports: Path) -> None:
    there.tell("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=False)
    for path in reports.iterdir():
        there.open(path)

        assert 390 == there.value("window.innerWidth")
        assert there.value("document.documentElement.scrollWidth <= window.innerWidth")


def test_nothing_that_a_stranger_wrote_runs_or_is_fetched(there: Browser, tmp_path: Path) -> None:
    for stranger in HOSTILE:
        path = tmp_path / "page.html"
        path.write_bytes(page(stranger, "failed"))
        there.open(path)

        assert [None, True, 0, 0, 0, 0] == there.value(DEEDS)
        assert there.requests == [path.as_uri()]
        assert there.value("document.querySelectorAll('bdi').length") > 20


def test_a_strangers_script_that_ran_would_be_noticed(there: Browser, tmp_path: Path) -> None:
    path = tmp_path / "struck.html"
    path.write_text(
        f"<title>Quality report</title><script>{STRUCK}</script><img src='http://{quote('stranger')}.example'>"
    )
    there.open(path)

    assert [1, True, 1, 1, 0, 0] == there.value(DEEDS)
    assert there.requests == [path.as_uri(), "http://stranger.example/"]
