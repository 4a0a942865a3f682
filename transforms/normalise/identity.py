"""Who printed it, under which address, and the id that follows from both and from what was delivered."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import orjson

from transforms.article import UNKNOWN_SOURCE
from transforms.cleaning import clean_line
from transforms.normalise.values import Column, Values, as_text
from transforms.urls import ARCHIVE_HOSTS, canonical_url, host

ID_BYTES: Final = 16
_HOST_END: Final = re.compile("[/?:]")


def delivered(values: Values) -> list[bytes]:
    """Give what each record delivered as bytes that do not depend on its format or on the order of its fields."""
    targets = sorted(values.columns)
    rows = zip(*(values[target] for target in targets), strict=True)
    return [_dumped(zip(targets, row, strict=True)) for row in rows]


def _dumped(given: Iterable[tuple[str, Any]]) -> bytes:
    plain = {target: v if v.__class__ is str else _plain(v) for target, v in given if v is not None}
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    """Value as lists, objects and strings alone, so that a number reads the same whatever format it came in."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return None if value is None else as_text(value)


def article_ids(sources: Sequence[str], canonical: Sequence[str | None], given: Sequence[bytes]) -> list[str]:
    """Digest of all that an article's row is made from, so that one id never stands for two different rows."""
    return [
        blake2b(orjson.dumps([source, url]) + content, digest_size=ID_BYTES).hexdigest()
        for source, url, content in zip(sources, canonical, given, strict=True)
    ]


def addresses(values: Values) -> tuple[Column, Column]:
    """Give each record's address as delivered, and its canonical form; None where there is none."""
    declared = [as_text(link).strip() for link in values["canonical_url"]]
    urls = [as_text(url).strip() or link for url, link in zip(values["url"], declared, strict=True)]
    canonical = [canonical_url(url, link or None) if url else None for url, link in zip(urls, declared, strict=True)]
    return [url or None for url in urls], canonical


def sources(values: Values, urls: Column, canonical: Column, default: str | None) -> list[str]:
    """Outlet of each record: its own field, else the default, else the host of its address."""
    return [_outlet(own, url, page, default) for own, url, page in zip(values["source"], urls, canonical, strict=True)]


def _outlet(value: Any, url: str | None, canonical: str | None, default: str | None) -> str:
    own = _own_name(as_text(value)) if value is not None else ""
    if own and own not in ARCHIVE_HOSTS:
        return own
    site = _site(url, canonical)
    return (site if own else default) or default or site or own or UNKNOWN_SOURCE


def _site(url: str | None, canonical: str | None) -> str | None:
    if canonical:
        return _HOST_END.split(canonical.removeprefix("https://"), maxsplit=1)[0]
    return host(url) if url else None


@lru_cache(maxsize=65_536)
def _own_name(text: str) -> str:
    own = clean_line(text)
    return host(own) or "" if "." in own and " " not in own else own
