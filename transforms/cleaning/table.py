"""All rules in the order in which they apply, and what turns some of them off."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from transforms.cleaning import captions, characters, code, furniture, head, lost, markup, repetition, tail, wrapping
from transforms.cleaning.rule import Lift, Rule, Screen

LINE_RULES: Final[tuple[Rule, ...]] = (
    *characters.FIRST,
    *lost.RULES,
    *markup.RULES[:2],
    *code.RULES,
    *markup.RULES[2:],
    *characters.LAST,
    *wrapping.RULES,
    *characters.BLANKS,
)
"""Rules about characters and markup, in the order in which damage was done to them, last first."""
RULES: Final[tuple[Rule, ...]] = (*LINE_RULES, *furniture.RULES, *captions.RULES, *repetition.RULES)
LIFTS: Final[tuple[Lift, ...]] = (*head.LIFTS, *tail.LIFTS)
NESTED: Final = "nested"
"""What markup nested too deep to be an accident is counted as."""
BOILERPLATE: Final = "boilerplate"
NAMES: Final = frozenset({rule.name for rule in RULES} | {lift.name for lift in LIFTS} | {BOILERPLATE})
"""Rules that a guide may turn off."""
_FOR_HEADLINES: Final = frozenset(rule.name for rule in LINE_RULES) - {"code", "wrapping"}


@dataclass(frozen=True, slots=True)
class Guide:
    """Which rules apply: names of those turned off, and the lines that an outlet prints under every story."""

    off: frozenset[str] = frozenset()
    boilerplate: tuple[str, ...] = ()


ALL: Final = Guide()


@cache
def rules(guide: Guide) -> tuple[Rule, ...]:
    """Give the rules that are on, an outlet's own lines among them."""
    own = (_boilerplate(guide.boilerplate),) if guide.boilerplate else ()
    return tuple(rule for rule in (*RULES, *own) if rule.name not in guide.off)


@cache
def lifts(guide: Guide) -> tuple[Lift, ...]:
    """Give the lifts that are on."""
    return tuple(lift for lift in LIFTS if lift.name not in guide.off)


@cache
def headline_rules() -> tuple[Rule, ...]:
    """Give the rules that apply to a headline or a name."""
    return tuple(rule for rule in RULES if rule.name in _FOR_HEADLINES)


def found_by(screens: Sequence[Screen], texts: pa.Array) -> pa.BooleanArray:
    """Test which texts any of the screens finds: one pass for all that are patterns. Null for null."""
    patterns = [screen for screen in screens if isinstance(screen, str)]
    found = [screen(texts) for screen in screens if not isinstance(screen, str)]
    if patterns:
        found.append(pc.match_substring_regex(texts, "|".join(f"(?:{each})" for each in patterns)))
    return reduce(pc.or_, found)


def is_dirty(texts: pa.Array, guide: Guide = ALL) -> pa.BooleanArray:
    """Test which texts of a string array some rule may change; false for null."""
    screens = [*(rule.screen for rule in rules(guide)), *(lift.screen for lift in lifts(guide))]
    found = found_by(screens, texts)
    return pc.fill_null(found, fill_value=False)


def is_dirty_line(texts: pa.Array) -> pa.BooleanArray:
    """Test which headlines or names `clean_line` may change; false for null."""
    found = found_by([*(rule.screen for rule in headline_rules()), "\n"], texts)
    return pc.fill_null(found, fill_value=False)


def rules_table() -> str:
    """Give the table of all rules, in the order in which they apply, as Markdown."""
    named: tuple[Rule | Lift, ...] = (*rules(Guide(boilerplate=("-",))), *LIFTS)
    return "| rule | reason |\n| --- | --- |\n" + "\n".join(f"| `{each.name}` | {each.reason} |" for each in named)


def _boilerplate(lines: tuple[str, ...]) -> Rule:
    own = frozenset(lines)
    quoted = "|".join(sorted(map(_quoted, own)))
    return Rule(BOILERPLATE, "The outlet prints it under every story", partial(_remove_own, own), f"(?m)^(?:{quoted})$")


def _remove_own(own: frozenset[str], text: str) -> tuple[str, int]:
    lines = text.split("\n")
    kept = [line for line in lines if line not in own]
    return ("\n".join(kept), len(lines) - len(kept)) if len(kept) < len(lines) else (text, 0)


def _quoted(line: str) -> str:
    r"""Quote a line for RE2, which takes a backslash before any mark but none before a letter."""
    return "".join(c if c.isalnum() or not c.isascii() or c == " " else rf"\x{{{ord(c):x}}}" for c in line)
