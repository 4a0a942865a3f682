"""Extractors of others, bare: from a page's markup to the text of its story, and what else they find.

All but the first few are no dependency of ours: those that are not installed are left out, and the table says so.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

Extract = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Peer:
    """An extractor: how it is called in the table, the module it comes in, and what makes it."""

    name: str
    module: str
    make: Callable[[], Extract]

    @property
    def is_installed(self) -> bool:
        """Tell whether its module is there."""
        return find_spec(self.module) is not None


def _trafilatura(**options: bool) -> Callable[[], Extract]:
    def make() -> Extract:
        extract = import_module("trafilatura").extract
        return lambda html, url: extract(html, url=url, include_comments=False, **options) or ""

    return make


def _resiliparse() -> Extract:
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda html, _: str(extract(html, main_content=True, alt_texts=False, links=False, list_bullets=False))


def _justext() -> Extract:
    justext = import_module("justext")
    words = justext.get_stoplist("English")
    return lambda html, _: "\n".join(p.text for p in justext.justext(html, words) if not p.is_boilerplate)


def _readability() -> Extract:
    document, fromstring = import_module("readability").Document, import_module("lxml.html").fromstring
    return lambda html, _: str(fromstring(document(html).summary()).text_content())


def _newspaper() -> Extract:
    newspaper = import_module("newspaper")

    def extract(html: str, url: str) -> str:
        article = newspaper.Article(url, language="en", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return str(article.text)

    return extract


def _goose() -> Extract:
    goose = import_module("goose3").Goose({"enable_image_fetching": False})
    return lambda html, _: str(goose.extract(raw_html=html).cleaned_text)


def _boilerpy() -> Extract:
    extractor = import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False)
    return lambda html, _: str(extractor.get_content(html))


PEERS: Final = (
    Peer("trafilatura, precision", "trafilatura", _trafilatura(favor_precision=True)),
    Peer("trafilatura, fast", "trafilatura", _trafilatura(fast=True)),
    Peer("trafilatura", "trafilatura", _trafilatura()),
    Peer("resiliparse", "resiliparse", _resiliparse),
    Peer("readability-lxml", "readability", _readability),
    Peer("newspaper4k", "newspaper", _newspaper),
    Peer("goose3", "goose3", _goose),
    Peer("boilerpy3", "boilerpy3", _boilerpy),
    Peer("justext", "justext", _justext),
)


def installed() -> Iterator[tuple[str, Extract]]:
    """Yield name and function of the extractors that are here."""
    logging.disable(logging.ERROR)
    yield from ((peer.name, peer.make()) for peer in PEERS if peer.is_installed)


def absent() -> list[str]:
    """Name the extractors that are not here."""
    return [peer.name for peer in PEERS if not peer.is_installed]


def trafilatura_metadata() -> Callable[[str, str], Any]:
    """Return what reads title, date and author in trafilatura, given markup and address."""
    read: Callable[[str, str], Any] = import_module("trafilatura.metadata").extract_metadata
    return read
