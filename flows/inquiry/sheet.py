"""A sheet of plain text, 100 columns wide: headings, labelled lines, tables; strangers' text cannot move a cursor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.inquiry.prints import Print
from flows.intake.receipt import printable

WIDTH: Final = 100
SHORT_ID: Final = 12
"""Characters of an id that are shown where two stand in a line; `explain` takes them."""
_RIGHT: Final = frozenset({"Jaccard", "containment", "hours later"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed so far."""

    page: Console = field(default_factory=lambda: Console(file=StringIO(), width=WIDTH, highlight=False))

    def heading(self, words: str) -> None:
        """Begin a section."""
        self.page.print()
        self.page.print(Text(printable(words)))

    def line(self, words: str, indent: int = 1) -> None:
        """Print a paragraph, wrapped."""
        self.page.print(Padding(Text(printable(words)), (0, 0, 0, indent)))

    def labelled(self, lines: Iterable[tuple[str, str]]) -> None:
        """Print lines with a label before each."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(min_width=10)
        grid.add_column(overflow="fold")
        for label, words in lines:
            grid.add_row(Text(f" {label}"), Text(printable(words)))
        self.page.print(grid)

    def table(self, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print rows under their names; a cell may have several lines."""
        table = Table(box=None, header_style="", padding=(0, 1))
        for name in names:
            table.add_column(name, justify="right" if name in _RIGHT else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text("\n".join(map(printable, cell.split("\n")))) for cell in row))
        self.page.print(table)

    def text(self) -> str:
        """Give all of it."""
        lines = self.page.file.getvalue().split("\n")  # type: ignore[attr-defined]
        return "\n".join(line.rstrip() for line in lines)


def moment(when: datetime | None) -> str:
    """Show a time to the minute."""
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "undated"


def named(article: Print) -> str:
    """Name an article in a line."""
    return f"{title(article.headline)} ({article.outlet}, {moment(article.published_at)})"


def title(headline: str | None) -> str:
    """Show a headline."""
    return headline or "(no headline)"


def of_all(shown: int, count: int) -> str:
    """Say how many are shown, when these are not all."""
    return f", of which the first {shown:,}" if shown < count else ""
