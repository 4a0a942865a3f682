"""Charts: a figure night by night as a small drawing, static, in the colours of the page around it.

Pygal draws. What it adds for its own pages goes: scripts, styles, tooltips, ids made by chance. No text of a stranger
is in a drawing, only numbers and days.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any, Final

from markupsafe import Markup

_WIDTH, _HEIGHT = 320, 104
_FEWEST: Final = 2
"""Nights that make a line."""
_DOTTED: Final = 12
"""Nights up to which each has a dot of its own."""
_NOT_DRAWN: Final = ("{*}title", "{*}desc", "{*}defs", "{*}style", "{*}script", "{*}rect")
_DIGITS: Final = re.compile(r"(\d\.\d)\d+")
"""A tenth of a pixel is fine enough."""
_EMPTY: Final = frozenset({"titles", "plot text-overlay", "plot tooltip-overlay"})


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the nights, the latest last; `name` may be a stranger's."""

    name: str
    latest: str
    usual: str
    """Median of the nights before; empty without any."""
    drawing: Markup


def chart(name: str, days: Sequence[str], values: Sequence[float | None], told: Callable[[float], str]) -> Chart:
    """Draw a figure; a night without one leaves a gap. `told` writes a value."""
    known = [value for value in values if value is not None]
    before = [value for value in values[:-1] if value is not None]
    latest = values[-1] if values else None
    return Chart(
        name=name,
        latest=told(latest) if latest is not None else "none",
        usual=told(median(before)) if before else "",
        drawing=_drawing(days, values, told) if len(known) >= _FEWEST else Markup(),
    )


def _drawing(days: Sequence[str], values: Sequence[float | None], told: Callable[[float], str]) -> Markup:
    from lxml import etree  # noqa: PLC0415 - both only where there is something to draw

    tree = _plot(days, values, told).render_tree()
    svg = etree.Element("svg", viewBox=tree.get("viewBox"), role="img")
    svg.set("aria-label", _in_words(days, values, told))
    svg.append(_bare(tree).find("{*}g"))
    for node in svg.iterdescendants():
        node.tag = etree.QName(node).localname
        node.attrib.update({name: _DIGITS.sub(r"\1", value) for name, value in node.items()})
    etree.cleanup_namespaces(svg)
    return Markup(etree.tostring(svg, encoding="unicode"))  # noqa: S704 - of numbers and days alone


def _plot(days: Sequence[str], values: Sequence[float | None], told: Callable[[float], str]) -> Any:
    """Set the chart up: from nought to the greatest value, the first, the middle and the last day named."""
    most = max(value for value in values if value is not None)
    named = {0, len(values) // 2, len(values) - 1} if len(values) > _FEWEST else {0, len(values) - 1}
    labels = [day if place in named else "" for place, day in enumerate(days)]
    plot = _line()(
        js=(), width=_WIDTH, height=_HEIGHT, margin=4, margin_right=24, fill=True, show_legend=False,
        show_dots=len(values) <= _DOTTED, dots_size=2, range=(0, most or 1), truncate_label=-1,
        show_minor_x_labels=False, x_labels=labels, x_labels_major=[label for label in labels if label],
        allow_interruptions=True,
    )  # fmt: skip
    plot.y_labels = [{"value": value, "label": told(value)} for value in sorted({0, most})]
    plot.add("", list(values))
    return plot


@cache
def _line() -> Any:
    import pygal  # noqa: PLC0415 - as above

    return pygal.Line


def _bare(tree: Any) -> Any:
    """Take out what is for pages of the library's own."""
    from lxml import etree  # noqa: PLC0415 - as above

    for node in tree.iter("{*}g"):
        if node.get("class") in _EMPTY:
            node.tag = "empty"
    etree.strip_elements(tree, "empty", etree.Comment, *_NOT_DRAWN, with_tail=False)
    return tree


def _in_words(days: Sequence[str], values: Sequence[float | None], told: Callable[[float], str]) -> str:
    known = [(value, day) for value, day in zip(values, days, strict=True) if value is not None]
    (least, on), (most, when) = min(known), max(known)
    return (
        f"{len(known)} nights from {days[0]} to {days[-1]}: least {told(least)} on {on}, most {told(most)} on {when}, "
        f"latest {told(known[-1][0])}"
    )
