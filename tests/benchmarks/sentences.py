"""From a small grammar to articles: sentence templates, filled for thousands of articles at once."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.benchmarks.vocabulary import DRAWS, Slot, Vocabulary

Ints = npt.NDArray[np.int64]

# A rule and its alternatives, one a line or parted by bars. In braces: another rule, or the slot of a word.
_GRAMMAR_TEXT: Final = """
WHO: the {NOUN} | the {ADJECTIVE} {NOUN} | {FIRST} {LAST} | {ORG} | the {ROLE} of {ORG} | a {ADJECTIVE} {NOUN} |
  {ROLE} {FIRST} {LAST} | the {PLACE} {NOUN} | {NOUNS} in {PLACE} | the {NOUN} of the {NOUN} | {LAST} |
  most {NOUNS} | the {ADJECTIVE} {NOUNS} | his {NOUN} | their {ADJECTIVE} {NOUN} | one {NOUN}
WHAT: the {NOUN} | a {NOUN} | the {ADJECTIVE} {NOUN} | {ADJECTIVE} {NOUNS} | its {NOUN} |
  the {NOUN} and the {NOUN} | {NOUNS} and {NOUNS} | the {NOUNS} of {PLACE} | any {NOUN} |
  a {ADJECTIVE} and {ADJECTIVE} {NOUN} | their {NOUNS} | some of the {NOUNS} | {NOUNS} from {PLACE} |
  what they call the {NOUN}
DID: {PAST} | has {PAST} | {ADVERB} {PAST} | had {PAST} | will {VERB} | could {VERB} | did not {VERB} |
  may {ADVERB} {VERB} | plans to {VERB} | was expected to {VERB} | would not {VERB} | has {ADVERB} {PAST}
WHEN: on {DAY} | in {MONTH} | last {DAY} | since {MONTH} | after the {NOUN} | before {WHAT} | this week |
  during the {ADJECTIVE} {NOUN} | for the first time | until {MONTH} | in recent {NOUNS}
WHERE: in {PLACE} | near {PLACE} | at the {PLACE} {NOUN} | outside the {NOUN} | across the {NOUN} | from {PLACE} |
  between {PLACE} and {PLACE} | in the {NOUN} of {PLACE} | at {ORG}
WHY: because of {WHAT} | despite {WHAT} | to {VERB} {WHAT} | without {WHAT} | as part of {WHAT} | with {WHAT} |
  against {WHAT} | over {WHAT} | which {DID} {WHAT} | who {DID} {WHAT} | under {WHAT}
PLAIN:
  {WHO} {DID} {WHAT} {WHEN} {WHY} . |
  {WHO} {DID} {WHAT} {WHERE} , and {WHO} {DID} {WHAT} . |
  {WHEN} , {WHO} {DID} {WHAT} {WHERE} {WHY} . |
  {WHO} said that {WHO} {DID} {WHAT} {WHY} . |
  but {WHO} {DID} {WHAT} , said {FIRST} {LAST} , {ROLE} of {ORG} . |
  {WHO} , who {DID} {WHAT} {WHEN} , {DID} {WHAT} {WHY} . |
  while {WHO} {DID} {WHAT} , {WHO} {DID} {WHAT} {WHERE} {WHEN} . |
  according to {WHO} , {WHAT} {DID} {WHAT} {WHERE} . |
  " {WHO} {DID} {WHAT} {WHY} ," said {FIRST} {LAST} {WHEN} . |
  " we {DID} {WHAT} ," {LAST} said , adding that {WHO} {DID} {WHAT} . |
  it was {ADJECTIVE} that {WHO} {DID} {WHAT} {WHERE} , {WHO} said . |
  there is {WHAT} {WHERE} , and it {DID} {WHAT} {WHEN} . |
  if {WHO} {DID} {WHAT} , then {WHO} {DID} {WHAT} as well . |
  {WHO} isn't the {ADJECTIVE} {NOUN} that {WHO} {DID} {WHEN} {WHERE} .
FIGURED:
  {WHO} {DID} {FIGURE} {NOUNS} {WHERE} {WHEN} {WHY} . |
  about {FIGURE} {NOUNS} {DID} {WHAT} {WHERE} {WHEN} . |
  {WHAT} {DID} {WHAT} by {FIGURE} from {FIGURE} {WHEN} {WHERE} . |
  {WHO} {DID} {WHAT} for {FIGURE} {WHEN} , or {FIGURE} {WHY} .
HEADLINE:
  {PLACE} {NOUN} {PAST} {ADJECTIVE} {NOUNS} {WHERE} |
  {ORG} to {VERB} {ADJECTIVE} {NOUN} {WHY} |
  {LAST} {PAST} {NOUN} {WHY} {WHERE} |
  {ADJECTIVE} {NOUNS} {DID} {NOUN} {WHERE} , {LAST} says |
  {NOUN} and {NOUN} {PAST} {WHERE} after {ADJECTIVE} {NOUN} |
  {ROLE} {LAST} {PAST} {PLACE} {NOUN} over {NOUNS}
"""


def _grammar() -> dict[str, list[str]]:
    """Read the grammar: rule to alternatives."""
    rules = re.findall(r"^([A-Z]+):(.*(?:\n  .*)*)", _GRAMMAR_TEXT, re.MULTILINE)
    return {rule: [" ".join(alternative.split()) for alternative in text.split("|")] for rule, text in rules}


_GRAMMAR: Final = _grammar()
_PLAIN, _FIGURED, _HEADLINE = 900, 250, 200
"""Templates of each sort. Notices use the plain ones alone, so that they hold no figures but the planted ones."""

# How often a word of a slot is one of its article's own, and how many of its own an article has: stories repeat
# their people and subjects, and compress and index like it.
_OWN_SHARE = np.zeros(len(Slot))
_OWN_SHARE[[Slot.NOUN, Slot.NOUNS, Slot.PAST, Slot.ADJECTIVE]] = (0.35, 0.3, 0.1, 0.15)
_OWN_SHARE[[Slot.FIRST, Slot.LAST, Slot.PLACE, Slot.ORG]] = (0.8, 0.8, 0.7, 0.8)
_OWN_COUNT = np.full(len(Slot), 24)
_OWN_COUNT[[Slot.FIRST, Slot.LAST, Slot.PLACE, Slot.ORG]] = (3, 3, 4, 2)

_LOWER, _CAPITAL, _OPENING, _NEW_LINE = range(4)
"""Forms of a word: after a space; the same with a capital; capital and no space; capital on a new line."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A headline, and a body as the pieces that make it up: joined with nothing between, they are the text."""

    headline: str
    pieces: list[str]


def _expand(rng: np.random.Generator, rule: str) -> list[str]:
    """Expand one alternative of a rule down to words and `{SLOT}` places."""
    chosen = _GRAMMAR[rule][rng.integers(len(_GRAMMAR[rule]))]
    tokens: list[str] = []
    for token in chosen.split():
        tokens += _expand(rng, token[1:-1]) if token[1:-1] in _GRAMMAR else [token]
    return tokens


def _flag(tokens: list[str]) -> list[int]:
    """Say which form each token takes; the first word inside an opening quotation mark takes a capital, no space."""
    opens = tokens[0] == '"'
    return [_OPENING if opens and i == 1 else _LOWER for i in range(len(tokens))]


class Newsroom:
    """Writes articles: always from the same templates and words, by the chance that it is given."""

    def __init__(self) -> None:
        """Expand the grammar and lay the templates end to end."""
        rng = np.random.default_rng(1_605)
        kinds = ["PLAIN"] * _PLAIN + ["FIGURED"] * _FIGURED + ["HEADLINE"] * _HEADLINE
        templates = [_expand(rng, kind) for kind in kinds]
        literals = sorted({t for template in templates for t in template if not t.startswith("{")})
        self.vocabulary = Vocabulary(literals)
        flat = [token for template in templates for token in template]
        self._codes: Ints = np.array([self._code(token) for token in flat], dtype=np.int64)
        self._flags: Ints = np.array([f for template in templates for f in _flag(template)], dtype=np.int64)
        self._lengths: Ints = np.array([len(template) for template in templates], dtype=np.int64)
        self._starts: Ints = np.cumsum(self._lengths) - self._lengths
        self._forms = _forms(self.vocabulary.words)

    def write(self, rng: np.random.Generator, sentences: Ints, plain: npt.NDArray[np.bool_]) -> list[Draft]:
        """Write one draft for each count of `sentences`; those marked `plain` hold no figures."""
        per_article = sentences + 1
        article = np.repeat(np.arange(len(sentences)), per_article)
        first = np.zeros(len(article), dtype=bool)
        first[np.cumsum(per_article) - per_article] = True
        template = self._templates(rng, first, plain[article])
        lengths = self._lengths[template]
        place = _runs(self._starts[template], lengths)
        ids = self._fill(rng, self._codes[place], np.repeat(article, lengths), len(sentences))
        flags = self._flags[place]
        flags[np.cumsum(lengths) - lengths] = _beginnings(rng, first)
        pieces: list[str] = self._forms[flags * len(self.vocabulary.words) + ids].tolist()
        return _cut(pieces, np.add.reduceat(lengths, np.flatnonzero(first)), lengths[first])

    def _code(self, token: str) -> int:
        """Return a slot's number, or what a spelled-out word's id becomes when no slot may claim it."""
        if token.startswith("{"):
            return int(Slot[token[1:-1]])
        return len(Slot) + self.vocabulary.literal_ids[token]

    def _templates(self, rng: np.random.Generator, first: npt.NDArray[np.bool_], plain: npt.NDArray[np.bool_]) -> Ints:
        """Choose each sentence's template: an article's first is its headline."""
        body = rng.integers(0, np.where(plain, _PLAIN, _PLAIN + _FIGURED))
        return np.where(first, _PLAIN + _FIGURED + rng.integers(0, _HEADLINE, len(first)), body)

    def _fill(self, rng: np.random.Generator, codes: Ints, article: Ints, articles: int) -> Ints:
        """Return word ids: what is spelled out, and in each slot a word of the article's own or any other."""
        ids = codes - len(Slot)
        places = np.flatnonzero(codes < len(Slot))
        slot = codes[places]
        own = rng.integers(0, DRAWS, (articles, int(_OWN_COUNT.max())))
        draws = rng.integers(0, DRAWS, len(places))
        which = rng.integers(0, 1 << 16, len(places)) % _OWN_COUNT[slot]
        is_own = rng.random(len(places)) < _OWN_SHARE[slot]
        draws[is_own] = own[article[places[is_own]], which[is_own]]
        ids[places] = self.vocabulary.table[slot, draws]
        return ids


def _forms(words: list[str]) -> npt.NDArray[np.object_]:
    """Return (4 * words,) strings: each word in its four forms. Closing marks take no space."""
    closing = re.compile(r'[,.]"?')
    capitals = [word[:1].upper() + word[1:] for word in words]
    lower = [word if closing.fullmatch(word) else " " + word for word in words]
    return np.array([*lower, *(" " + w for w in capitals), *capitals, *("\n" + w for w in capitals)], dtype=object)


def _runs(starts: Ints, lengths: Ints) -> Ints:
    """Return the concatenated ranges `start .. start + length`."""
    shift = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return shift + np.arange(len(shift))


def _beginnings(rng: np.random.Generator, first: npt.NDArray[np.bool_]) -> Ints:
    """Return the form of each sentence's first word: headline and lede open, some sentences begin a paragraph."""
    after_headline = np.roll(first, 1)
    breaks = np.where(rng.random(len(first)) < 0.45, _NEW_LINE, _CAPITAL)
    return np.where(first | after_headline, _OPENING, breaks)


def _cut(pieces: list[str], sizes: Ints, headlines: Ints) -> list[Draft]:
    """Cut the stream of pieces into drafts: `sizes` pieces each, of which the first `headlines` are the headline."""
    ends = np.cumsum(sizes).tolist()
    starts = [0, *ends[:-1]]
    middles = [start + length for start, length in zip(starts, headlines.tolist(), strict=True)]
    spans = zip(starts, middles, ends, strict=True)
    return [Draft("".join(pieces[a:b]), pieces[b:c]) for a, b, c in spans]
