"""Programs, style sheets and templates that lost their tags on the way, but not their punctuation.

Only what no sentence can be is taken for code: a function with its braces, a line that is a statement and ends in a
semicolon, a line of style rules, a place-holder in double braces.
"""

import re
from typing import Final

from transforms.cleaning.markup import remove_between
from transforms.cleaning.rule import Rule

_CDATA: Final = (re.compile(r"//\s?<!\[CDATA\["), re.compile(r"//\s?\]\]>"))
_FUNCTION: Final = re.compile(
    r"(?a)(?:(?<![\w$.])[\w$]++(?:\.[\w$]++)*+\((?:[^()\n{}]{0,80}, ?)?|[(!])?"
    r"\bfunction ?[\w$]{0,80} ?\([\w$, ]{0,80}\) ?\{"
)
_TOKEN: Final = re.compile(r"[()\[\]{}]|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'")
_TAIL: Final = re.compile(r"\s?(?=\()|;?")
_STATEMENT: Final = (
    r"(?:(?:var|let|const) [\w$]+ ?=.*;|[\w$]+(?:\.[\w$]+)+ ?=[^=].*;|[\w$]+(?:\.[\w$]+)*\(.*\);|"
    r"[\w$]+ ?= ?(?:[\"'{\[0-9]|new |true|false|null).*;|[})\]]+;)"
)
_IS_STATEMENT: Final = re.compile(rf"(?a)[ \t]*{_STATEMENT}(?:[ \t]*//.*)?[ \t]*")
_BLOCK: Final = re.compile(r"[^{}]{0,300}\{([^{}]*)\}")
_DECLARATIONS: Final = re.compile(r"(?a)\s*(?:[\w*-]+\s?:[^:;{}]+(?:;|\Z)\s*)*+")
_STYLE_START: Final = re.compile(
    r"(?a)[ \t]*(?:[.#@][\w-]|(?:a|body|div|h[1-6]|html|iframe|img|li|p|span|table|td|ul)[\s.#:,{>])"
)
_TEMPLATE: Final = re.compile(r"\{\{[^{}\n]{1,40}\}\}")
_MOST_TEMPLATE: Final = 200
_MOST_CODE: Final = 40_000
"""Characters that one function may span."""


def remove_code(text: str) -> tuple[str, int]:
    """Remove functions, statements, style rules and lines with place-holders."""
    if not any(mark in text for mark in "{;"):
        return text, 0
    text, count = remove_between(text, *_CDATA)
    text, functions = _remove_functions(text)
    lines = text.split("\n")
    kept = [line for line in lines if not _is_code(line)]
    return "\n".join(kept), count + functions + len(lines) - len(kept)


def _remove_functions(text: str) -> tuple[str, int]:
    kept, at, count = [], 0, 0
    while start := _FUNCTION.search(text, at):
        end = _balanced(text, start.start() if start[0][0] != "f" else start.end() - 1)
        if end is None:
            break
        kept.append(text[at : start.start()])
        at = end
        count += 1
    return "".join([*kept, text[at:]]) if count else text, count


def _balanced(text: str, start: int) -> int | None:
    """Position after the brackets that open at `start`, a call of what they hold and a semicolon; None if left open."""
    depth = 0
    for token in _TOKEN.finditer(text, start, start + _MOST_CODE):
        if token[0] in ")]}":
            depth -= 1
            if depth == 0:
                tail = _TAIL.match(text, token.end())
                end = tail.end() if tail else token.end()
                if text[end : end + 1] not in {"(", ")"}:
                    return end + int(text[end : end + 1] == ";")
                depth -= text[end] == ")"
        elif token[0] in "([{":
            depth += 1
    return None


def _is_code(line: str) -> bool:
    if "{{" in line and len(line) <= _MOST_TEMPLATE and _TEMPLATE.search(line):
        return True
    return bool(_IS_STATEMENT.fullmatch(line)) or ("{" in line and _is_style(line))


def _is_style(line: str) -> bool:
    if not _STYLE_START.match(line):
        return False
    rest = line
    for _ in range(2):  # a rule within @media
        blocks = [block[1] for block in _BLOCK.finditer(rest)]
        if not all(_DECLARATIONS.fullmatch(block) for block in blocks):
            return False
        rest = _BLOCK.sub("", rest)
        if not rest.strip():
            return bool(blocks)
        if not rest.strip().startswith(("@", "}")) and "{" not in rest:
            return False
    return False


RULES: Final = (
    Rule(
        "code",
        "Programs and style sheets of a page lost their tags, but were never printed",
        remove_code,
        r"(?m)function ?[\w$]* ?\(|CDATA\[|[{}]|;[ \t]*$|;[ \t]*//",
    ),
)
