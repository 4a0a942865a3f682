"""What pages say of themselves, however a scraper kept it."""

from typing import Any

import orjson
import pytest

from transforms.metadata import from_metadata

ARTICLE = {
    "@type": ["NewsArticle"],
    "headline": "Ferry laid up",
    "author": [{"@type": "Person", "name": "Ann Tolland"}, {"name": "B. Rusk"}],
    "publisher": {"@type": "Organization", "name": "The Echo"},
    "datePublished": "2017-02-07T10:00:00Z",
    "dateModified": "2017-02-08",
    "inLanguage": "en",
    "mainEntityOfPage": {"@id": "https://echo.example/ferry"},
    "articleBody": "The ferry was laid up.",
}
TOLD = {
    "title": "Ferry laid up",
    "authors": ["Ann Tolland", "B. Rusk"],
    "source": "The Echo",
    "published": "2017-02-07T10:00:00Z",
    "updated": "2017-02-08",
    "language": "en",
    "canonical_url": "https://echo.example/ferry",
    "text": "The ferry was laid up.",
}
GRAPH = {
    "@context": "x",
    "@graph": [{"@type": "Organization", "name": "Group", "url": "https://group.example"}, ARTICLE],
}


@pytest.mark.parametrize(
    "meta",
    [ARTICLE, GRAPH, {"ld_json": orjson.dumps(GRAPH).decode()}, {"json-ld": [ARTICLE]}, {"meta": {"JSON-LD": GRAPH}}],
    ids=["object", "graph", "text", "list", "inside"],
)
def test_an_article_in_json_ld_tells_all_it_knows(meta: dict[str, Any]) -> None:
    assert TOLD == from_metadata(meta)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"article": {"published_time": "2017-02-07"}}, {"published": "2017-02-07"}),
        ({"article:published_time": "2017-02-07"}, {"published": "2017-02-07"}),
        ({"og": {"article": {"published_time": "2017-02-07"}}}, {"published": "2017-02-07"}),
        ({"DC.date.issued": "2017-02-07", "date": "2016-01-01"}, {"published": "2017-02-07"}),
        ({"pdate": 20170207}, {"published": 20170207}),
        ({"article:published_time": "3 days ago", "date": "2017-02-07"}, {"published": "2017-02-07"}),
        ({"Last-Modified": "2016-09-12 17:07:29"}, {"updated": "2016-09-12 17:07:29"}),
        ({"og": {"title": "Ferry", "site_name": "The Echo", "locale": "en_GB"}},
         {"title": "Ferry", "source": "The Echo", "language": "en_GB"}),
        ({"og": {"url": {"identifier": "https://echo.example/a", "width": 3}}},
         {"canonical_url": "https://echo.example/a"}),
        ({"author": "Ann Tolland", "article": {"author": "https://social.example/echo"}}, {"authors": ["Ann Tolland"]}),
        ({"article": {"author": "https://social.example/echo", "publisher": "https://social.example"}}, {}),
        ({"twitter": {"creator": "@echo"}, "og": {"title": 7, "image": {"url": "https://echo.example/a.png"}}}, {}),
        ({"comments": [{"author": "Someone", "date": "2017-02-07", "@type": "Comment"}]}, {}),
        ({"author": "", "date": None, "title": [], "language": {}}, {}),
        ({}, {}),
    ],
)  # fmt: skip
def test_names_are_known_flat_and_nested(meta: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected == from_metadata(meta)


def test_metadata_without_end_is_looked_at_only_so_far() -> None:
    deep: dict[str, Any] = {"og:title": "Never reached"}
    for _ in range(60):
        deep = {"meta": [deep] * 3}

    assert from_metadata(deep) == {}
    assert from_metadata({str(n): n for n in range(100_000)} | {"og:title": "Never reached"}) == {}
    assert from_metadata({"a" * 1_000: {"b" * 1_000_000: "2017-02-07"}, "og:title": "Ferry"}) == {"title": "Ferry"}
