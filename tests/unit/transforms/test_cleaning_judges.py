"""The judges of cleaning see what they are there to see."""

from tests.judge.debris import KINDS, count
from tests.judge.losses import Loss, losses, sample
from transforms.cleaning import Cleaned, clean, clean_all

PAGE = (
    "By Ann Vale\nLONDON (Reuters) - The <b>ferry</b> was laid up on Sunday.\nAdvertisement\nBy noon all was over.\n"
    "(Reporting by Ann Vale; Editing by Bo Reed)"
)


def test_debris_is_counted_before_cleaning_and_gone_after() -> None:
    (found,) = clean_all([PAGE])
    seen = {"a byline above it", "a tag", "an advertisement", "a credit below it"}

    assert seen == {kind for kind, number in count([PAGE]).items() if number}
    assert not count([found.text]).total()


def test_debris_of_every_kind_would_be_noticed() -> None:
    debris = (
        "<!- x",
        "<p>",
        "&amp;",
        "googletag",
        "\u200b",
        "a  b",
        "Advertisement",
        "Read more",
        "Follow us",
        "Sign up now",
        "a@b.example",
        "Getty Images",
        "may not be published, broadcast",
        "By Ann Vale\nx",
        "PARIS (AFP) x",
        "x\nReuter",
        'so,"?he',
        "don\ufffdt",
        f"{'and so on, ' * 9}there.- He",
    )

    assert set(KINDS) == {kind for text in debris for kind, number in count([text]).items() if number}


def test_what_a_rule_took_is_explained_by_it() -> None:
    found = list(losses(PAGE, clean(PAGE)))

    assert Loss("Advertisement", ("advertisement",)) in found
    assert all(loss.rules for loss in found)


def test_a_sentence_that_was_dropped_is_unexplained() -> None:
    found = clean(PAGE)
    less = Cleaned(
        found.text.replace("By noon all was over.", ""), found.highlights, found.edits, found.authors, found.dateline
    )

    assert Loss("By noon all was over.", ()) in list(losses(PAGE, less, lambda _text, _guide: less))


def test_a_sample_is_the_same_in_any_order() -> None:
    texts = [f"Story {number}." for number in range(300)]

    assert sample(texts) == sample(texts[::-1])
    assert len(sample(texts)) == 100
