"""What each cleaning rule does, and what it counts."""

import pytest

from transforms.cleaning import RULES, Cleaned, clean, clean_line

LEDE = "The ferry between Skerravoe and Tarrowby was laid up on Sunday for want of a cable, the harbour office said."
CASES = {
    "line_break": ("one\r\ntwo\x0bthree\u2028four", "one\ntwo\nthree\nfour", 3),
    "mojibake": (
        "It\u00e2\u20ac\u2122s here\nand na\u00efve stays\nS\u00c3\u00a3o Paulo",
        "It\u2019s here\nand na\u00efve stays\nS\u00e3o Paulo",
        2,
    ),
    "entity": ("Fish &amp;amp;amp; chips &#163;5", "Fish & chips \u00a35", 2),
    "script": ("Before <script>var a = '<p>';</script>after <STYLE>p{}</STYLE>", "Before\nafter", 2),
    "comment": ("One<!-- aside --> two <!\u2013 more \u2013> three", "One two more three", 3),
    "tag": ("A <b>bold</b> word<br/>and <a href='x'>more</a>", "A bold word\nand more", 5),
    "invisible": ("zero\u200bwidth soft\u00adhyphen \ufeffmark\x00", "zerowidth softhyphen mark", 4),
    "composition": ("cafe\u0301", "caf\u00e9", 1),
    "white_space": ("  two  spaces\tand\u00a0tabs ", "two spaces and tabs", 5),
    "lost_apostrophe": ("They don\ufffdt, and he\ufffdll not", "They don't, and he'll not", 2),
    "quote_debris": (
        '"We went,"?she said. He left "?as one does "?at dawn. "\ufffdWe can"t."?It is.',
        '"We went," she said. He left - as one does - at dawn. "We can\'t." It is.',
        6,
    ),
    "lost_blank": (
        (
            "A first sentence that is long enough to have left behind whatever dateline may stand there.- "
            "The second follows. "
            "The harbour,-they say, and the council,-he says."
        ),
        (
            "A first sentence that is long enough to have left behind whatever dateline may stand there. "
            "The second follows. "
            "The harbour, they say, and the council, he says."
        ),
        3,
    ),
    "code": (
        (
            "Before\nvar slot = new Object(); slot.id = 4;\n(function(d, s) { d.x('a)'); }(document, 'script'));\n"
            ".embed { top: 0; } .embed p { left: 0 }\nMail to {{subject}} daily\nAfter"
        ),
        "Before\nAfter",
        4,
    ),
    "wrapping": (
        (
            "Skerravoe Ferries said the crossing\nto Tarrowby will be shut for nine days while the cable "
            "under\nthe quay is laid anew.\n"
            "    The harbour office had asked for it in March, and the town of\nLindmoor pays half of what "
            "it costs.\n Ends"
        ),
        (
            "Skerravoe Ferries said the crossing to Tarrowby will be shut for nine days while the cable "
            "under the quay is laid anew.\n"
            "The harbour office had asked for it in March, and the town of Lindmoor pays half of what it costs.\nEnds"
        ),
        3,
    ),
    "share_buttons": (
        "It ended. Send Facebook Twitter WhatsApp Tumblr Permalink http://x.example/1 So.",
        "It ended. So.",
        1,
    ),
    "advertisement": (
        "One.\nAdvertisement\nADVERTISEMENT - CONTINUE READING BELOW\nStory continues below\nTwo.",
        "One.\nTwo.",
        3,
    ),
    "navigation": ("One.\nRead more: The ferry and its cable\nMOST READ\nRelated:\nTwo.", "One.\nTwo.", 3),
    "sharing": ("One.\nShare on Facebook\nFacebook Twitter WhatsApp\nFollow us on Twitter\nTwo.", "One.\nTwo.", 3),
    "subscription": ("One.\nSign up for our newsletter\nTwo.", "One.\nTwo.", 1),
    "paywall": (
        f"{LEDE}\n{LEDE[1:]}\n{LEDE[2:]}\nYou have reached your limit of free articles.\nSubscribe to continue reading",
        f"{LEDE}\n{LEDE[1:]}\n{LEDE[2:]}",
        2,
    ),
    "contact": ("One.\nWrite to Ann Vale at ann@harbour.example\nTwo.", "One.\nTwo.", 1),
    "caption": ("One.\nPhoto: AP\nFILE PHOTO: A ferry. REUTERS/Bo Reed\nGetty Images\nTwo.", "One.\nTwo.", 3),
    "photo_credit": (
        "The ferry at dawn. Photo: Bo Reed\nThe quay (Getty Images)\nTwo.",
        "The ferry at dawn.\nThe quay\nTwo.",
        2,
    ),
    "repeat": (
        f"{LEDE}\nBy hand.\n{LEDE}\nTwo.\nTwo.\n{LEDE[::-1]}\n{LEDE[::-1]}",
        f"{LEDE}\nBy hand.\nTwo.\nTwo.\n{LEDE[::-1]}",
        2,
    ),
    "glued_lines": (
        "One went home.The second stayed at sea.Then the third came back.They all slept here.",
        "One went home.\nThe second stayed at sea.\nThen the third came back.\nThey all slept here.",
        3,
    ),
    "nested": ("<<<<<<b>b>b>b>b>b> end", "bb end", 4),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_does_its_work_and_counts_it(rule: str) -> None:
    text, expected, count = CASES[rule]
    found = clean(text)

    assert (expected, count) == (found.text, found.edits[rule])


def test_every_rule_has_a_case() -> None:
    assert {rule.name for rule in RULES} | {"nested"} == set(CASES)


@pytest.mark.parametrize(
    "text",
    [
        "AT&T and R&D grew 5 < 7, he said -> \u201cyes\u201d",
        "An e-mail to <press@harbour.example> and x<y>z",
        "\u00ab\u00a0Non\u00a0\u00bb".replace("\u00a0", " "),
        "\u2013 Who goes there? she asked.\nNobody answered.",
        "Het kost \u20ac5 \u2013 \u00e9\u00e9n keer",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 and a family \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "Use the command rm --force and see section 3.2...",
        "&bogus; and &copy without an end",
    ],
)
def test_what_only_looks_like_damage_stays(text: str) -> None:
    assert Cleaned(text) == clean(text)


@pytest.mark.parametrize(
    ("text", "highlights", "rest"),
    [
        ("\u2022 One\n\u2022 Two\nStory", ["One", "Two"], "Story"),
        ("\u2022 One\nStory", ["One"], "Story"),
        ("- One\n- Two\nStory", ["One", "Two"], "Story"),
        ("- Hello, said the man.\nStory", [], "- Hello, said the man.\nStory"),
        (
            "* One\n\u00b7 Two\n\u25aa Three\nStory\n\u2022 a list of its own",
            ["One", "Two", "Three"],
            "Story\n\u2022 a list of its own",
        ),
        ("\u2022 One\n\u2022 Two", [], "\u2022 One\n\u2022 Two"),
        ("\u2022One\nStory", [], "\u2022One\nStory"),
        ("<ul><li>\u2022 One</li><li>\u2022 Two</li></ul><p>Story</p>", ["One", "Two"], "Story"),
    ],
)
def test_bullets_above_a_story_are_its_highlights(text: str, highlights: list[str], rest: str) -> None:
    found = clean(text)

    assert (highlights, rest) == (found.highlights, found.text)
    assert len(highlights) == found.edits.get("highlight", 0)


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2026.")
def test_comment_debris_goes_in_every_dash_that_a_comment_was_mangled_to(dash: str) -> None:
    closer = dash if dash not in "-." else dash * 2

    assert Cleaned("before inside after", [], {"comment": 2, "white_space": 2}) == clean(
        f"before <!{dash} inside {closer}> after"
    )


def test_a_script_goes_also_where_a_capital_grows_in_lower_case() -> None:
    assert clean("\u0130stanbul <script>track()</script>bug\u00fcn").text == "\u0130stanbul\nbug\u00fcn"


def test_a_windows_ellipsis_read_as_a_control_character_is_an_ellipsis() -> None:
    assert clean("He waited\x85 and left").text == "He waited\u2026 and left"


def test_more_marks_than_a_letter_carries_are_cut_to_thirty() -> None:
    assert len(clean("x" + "\u0316" * 500).text) == 31


def test_a_headline_is_one_line() -> None:
    assert clean_line(" Ferry <br>laid\n up &ndash; again ") == "Ferry laid up \u2013 again"


def test_an_empty_text_stays_empty() -> None:
    assert Cleaned("") == clean("")


@pytest.mark.parametrize("wall", ["Subscribe to continue reading", "You have reached your limit of free articles."])
def test_a_wall_without_a_story_stays_to_tell_that_there_is_none(wall: str) -> None:
    assert clean(f"Ferry laid up\n{wall}").text == f"Ferry laid up\n{wall}"
