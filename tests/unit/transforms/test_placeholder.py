"""Pages that stand where a story should, and stories that speak of the same things."""

import pyarrow as pa
import pytest

from transforms.placeholder import may_be_pages, placeholder
from transforms.words import words

PAGES = {
    "bot wall": (
        "Just a moment. Checking your browser before you go on.",
        "Please make sure your browser supports JavaScript and that you are not blocking them from loading.",
        "To continue, please click the box below to let us know you're not a robot.",
        "Are you a robot?",
        'If you want to connect with us, select "I AM NOT A ROBOT".',
        "Our systems have detected unusual traffic from your computer network.",
        "Verify you are human by completing the action below.",
        "DDoS protection by Harbourshield. Ray ID 1234",
        "Please enable cookies.",
    ),
    "old browser notice": (
        "You are using an older browser version.",
        "Your browser is no longer supported. Please update it.",
    ),
    "consent notice": (
        "Before you continue to Harbour Post",
        "We and our partners use cookies to give you the best experience.",
        "This site uses cookies. Accept all cookies",
        "We value your privacy",
    ),
    "paywall": (
        "Ferry laid up. Subscribe to continue reading",
        "You have reached your limit of free articles.",
        "To continue viewing content on valley.example, please sign in with your existing account or subscribe.",
        "This article is only available to subscribers.",
    ),
    "ad wall": (
        "We noticed you're blocking ads! Keep supporting great journalism by turning off your ad blocker.",
        "To read our articles, disable AdBlock or add an exception for our domain.",
        "Czy wiesz, że korzystasz z adblocka? Reklamy nie są takie złe.",
    ),
    "error page": (
        "404 Not Found",
        "Page not found. Try the search.",
        "Access Denied. You don't have permission to access this server.",
        "Access denied",
        "502 Bad Gateway",
        "Sorry, the page you are looking for has moved.",
    ),
}
STORIES = (
    "Police reported unusual traffic on the harbour bridge on Tuesday after the ferry was laid up.",
    "\u201cI am not a robot,\u201d the tired striker told reporters after his ninth match in three weeks.",
    "A robot that sorts fish goes to work at the Skerravoe market on Monday.",
    "Access denied to the flooded valley for a third day, the council said.",
    "Lindmoor Telecom has bought a firm that sells DDoS protection to councils.",
    "The bakery gives away its cookies at closing time, and nobody complains.",
    "Page 404 of the report, not found in the first edition, names the contractor.",
    "The minister was asked whether humans or machines had read the letters.",
    "The paper asks readers to subscribe; those who read ten articles a month, free until now, pay from March.",
    "A firm that blocks ads was sold to one that sells them, the court was told on Monday.",
    "The library lost 403 books; forbidden titles were among them.",
)


def folded(text: str) -> str:
    return " ".join(words(text))


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PAGES.items() for text in texts])
def test_a_page_that_is_no_story_gives_itself_away(kind: str, text: str) -> None:
    assert kind == placeholder(folded(text))


def test_every_page_is_hinted_at_and_not_every_text() -> None:
    pages = [folded(text) for texts in PAGES.values() for text in texts]

    assert may_be_pages(pa.array(pages)).to_pylist() == [True] * len(pages)
    assert may_be_pages(pa.array(["the ferry was laid up on monday"])).to_pylist() == [False]


@pytest.mark.parametrize("text", STORIES)
def test_a_story_about_robots_cookies_or_errors_is_a_story(text: str) -> None:
    assert placeholder(folded(text)) is None


def test_no_words_are_no_page() -> None:
    assert placeholder("") is None
