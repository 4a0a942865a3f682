"""Raw records to articles: one batch in, one Arrow table of articles and one of rejects out.

Columns are worked on whole; a vectorised test picks the texts that need slow cleaning, the others pass as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from transforms.article import Reason
from transforms.cleaning import Guide
from transforms.fields import FieldMap
from transforms.forgotten import NOTHING, Forgotten
from transforms.normalise.dating import date_columns
from transforms.normalise.identity import addresses, article_ids, delivered, sources
from transforms.normalise.pages import fill
from transforms.normalise.setting import (
    agencies,
    authors,
    datelines,
    headline_columns,
    headlines,
    highlights,
    standfirsts,
)
from transforms.normalise.staged import REJECTS, STAGED, Batch, Rejects, Seen
from transforms.normalise.story import Problem, problems, stories, text_columns
from transforms.normalise.tongue import language_columns
from transforms.normalise.values import Values, as_text, kinds, values_of
from transforms.outlet import Outlet
from transforms.parse import Malformed, Record

__all__ = ["REJECTS", "STAGED", "Batch", "Seen", "normalise"]


def normalise(
    records: Iterable[Record | Malformed],
    fields: FieldMap,
    outlet: Outlet | None = None,
    guide: Guide | None = None,
    forgotten: Forgotten = NOTHING,
) -> Batch:
    """Normalise records; `outlet` says what their fields leave out, `guide` which rules of cleaning apply.

    What is `forgotten` is refused.
    """
    outlet, guide = outlet or Outlet(), guide or Guide()
    rejects = Rejects()
    values = values_of(_sound(records, rejects, forgotten), fields)
    given = delivered(values)
    fill(values, outlet.extractor)
    urls, canonical = addresses(values)
    outlets = sources(values, urls, canonical, outlet.name)
    told = stories(values, guide)
    lines = datelines(values, told)
    columns: dict[str, Any] = {
        "article_id": article_ids(outlets, canonical, given),
        "source": outlets,
        "source_id": [as_text(own).strip() or None for own in values["source_id"]],
        "url": urls,
        "canonical_url": canonical,
        "highlights": highlights(values, told),
        "standfirst": standfirsts(values, told),
        "authors": authors(values, told),
        "dateline_place": [line.place if line else None for line in lines],
        "agency": agencies(values, told, lines),
        **text_columns(told),
        **headline_columns(headlines(values)),
        **date_columns(values, urls, [line.printed if line else None for line in lines], outlet),
        **language_columns(values, told.texts, outlet),
        "record_number": [record.number for record in values.records],
        "byte_offset": [record.offset for record in values.records],
    }
    articles = pa.table({f.name: _array(columns[f.name], f.type) for f in STAGED}, schema=STAGED)
    found = _refused(columns, values.records, problems(told), forgotten)
    seen = _seen(values, outlets)
    for record, outlet_name, problem in zip(values.records, outlets, found, strict=True):
        if problem:
            rejects.add(record, *problem)
            seen.rejected[outlet_name, problem[0].value] += 1
    articles = articles.filter(pa.array([problem is None for problem in found], pa.bool_()))
    return Batch(articles, rejects.table(), seen)


def _sound(records: Iterable[Record | Malformed], rejects: Rejects, forgotten: Forgotten) -> list[Record]:
    sound = []
    for record in records:
        if isinstance(record, Malformed):
            hit = forgotten.hit(record.raw) if forgotten else None
            rejects.add(record, Reason.FORGOTTEN if hit else record.reason, hit or record.detail)
        else:
            sound.append(record)
    return sound


def _refused(
    columns: Mapping[str, Any], records: Sequence[Record], found: list[Problem], forgotten: Forgotten
) -> list[Problem]:
    """Put what is forgotten before any other problem."""
    if not forgotten:
        return found
    raws = [record.raw if problem else None for record, problem in zip(records, found, strict=True)]
    hits = forgotten.hits(columns, raws)
    return [(Reason.FORGOTTEN, hit) if hit else problem for hit, problem in zip(hits, found, strict=True)]


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, kind)


def _seen(values: Values, outlets: list[str]) -> Seen:
    """Count what each source sent."""
    seen = Seen()
    seen.records.update(outlets)
    for plan, places in values.groups:
        own, unused = [outlets[at] for at in places], frozenset(plan.unused)
        for key in plan.keys:
            counts = kinds(own, [values.records[at].fields[key] for at in places])
            seen.values.update({(source, key, kind): count for (source, kind), count in counts.items()})
            if key in unused:
                for (source, _), count in counts.items():
                    seen.unused[source, key] += count
    return seen
