"""What the night's sources send otherwise than on their last nights, field by field."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from expectations.report.answers import Snapshot, ask
from expectations.report.frame import Section
from expectations.report.nights import nights
from transforms.drift import NIGHTS, by_source, drift

_LOOKED_BACK: Final = 60
_MOST: Final = 60

FIELDS: Final = (
    nights(_LOOKED_BACK)
    + f"""
    SELECT source_fields.*, ago
    FROM source_fields JOIN nights USING (run_id)
    SEMI JOIN (FROM source_fields JOIN nights USING (run_id) WHERE ago = 0) AS tonight USING (source)
    QUALIFY dense_rank() OVER (PARTITION BY source ORDER BY ago) <= {NIGHTS + 1}
    ORDER BY source, ago DESC, field, kind
    """
)


def fields(snapshot: Snapshot) -> Section:
    """Compare the night's fields with those before; what settings say of a source is not known here."""
    answer = ask(snapshot, FIELDS)
    signals = list(_signals(answer.rows))
    lost, other = ([signal for signal in signals if signal["is_loss"] == wanted] for wanted in (True, False))
    data = {"fields": answer, "lost": lost[:_MOST], "other": other[:_MOST], "more": _left(lost) + _left(other)}
    return Section("fields", "What fields changed", "fields.html", data)


def _left(signals: Sequence[object]) -> int:
    return max(0, len(signals) - _MOST)


def _signals(rows: Any) -> Iterator[dict[str, Any]]:
    for source, sent in by_source(rows).items():
        *before, tonight = sent.values()
        for signal in drift(tonight, before):
            yield {"source": source, "words": signal.words, "is_loss": signal.is_loss}
