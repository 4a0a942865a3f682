"""One set judged: its dumps taken into a lake of their own by the real command, and the lake held against the truth."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.bench import corpus
from tests.benchmarks.recall import Scores, score
from tests.judge.doubts import Doubt, doubts, side_by_side
from tests.judge.dumps import Place
from tests.judge.lake import JudgeFailed, Lake, read_lake, run
from tests.judge.merges import Records
from tests.judge.recall import TARGETS, Asked, Recall, by_published, by_raw
from tests.judge.sets import DumpSet, merges_of, records_of

GENERATED: Final = "generated"
PLANTED_SHARE: Final = 0.99
"""The least share of a relation's planted pairs that lie as they should."""
_COUNTS: Final = ("records_read", "admitted", "quarantined")


@dataclass(slots=True)
class Judgement:
    """What was found of one set. `merges` is null where no truth is known; so is `planted` of real dumps."""

    name: str
    counts: dict[str, int]
    refused: list[str]
    """Files that the run could not read, with the reason."""
    recalls: list[Recall]
    missing: dict[str, list[tuple[Asked, Doubt]]]
    """Kind of text to the pairs that were not found, laid out."""
    merges: list[str] | None = None
    planted: Scores | None = None
    joined: list[Doubt] = field(default_factory=list)
    apart: list[Doubt] = field(default_factory=list)

    @property
    def false_merges(self) -> int | None:
        """Count them; null where no truth is known."""
        if self.planted is not None:
            return self.planted.mixed_clusters
        return None if self.merges is None else len(self.merges)

    def missed(self) -> list[str]:
        """Name every target that is missed."""
        recall = [missed for each in self.recalls for missed in each.missed()]
        merges = [f"{len(self.merges)} false merges, the first: {self.merges[0]}"] if self.merges else []
        return [f"{self.name}: {missed}" for missed in (*recall, *merges, *_departures(self.planted))]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "name": self.name,
            "counts": self.counts,
            "refused": self.refused,
            "recall": {recall.basis: _figures(recall) for recall in self.recalls},
            "missing": {
                basis: [asdict(asked) | {"sides": asdict(doubt)} for asked, doubt in pairs]
                for basis, pairs in self.missing.items()
            },
            "false_merges": self.merges,
            "planted": None if self.planted is None else asdict(self.planted),
            "joined_doubts": [asdict(doubt) for doubt in self.joined],
            "apart_doubts": [asdict(doubt) for doubt in self.apart],
            "missed": self.missed(),
        }


def judge_real(chosen: DumpSet, realdata: Path, doubt_count: int) -> Judgement:
    """Judge one set of real dumps. Raises JudgeFailed when its run fails, or its records are not those of the dumps."""
    records = records_of(chosen, realdata)
    with tempfile.TemporaryDirectory(prefix="broadsheet-judge-") as folder:
        report = run(realdata / "dumps" / chosen.dumps, Path(folder) / "lake")
        lake = read_lake(Path(folder) / "lake")
    texts = raw_texts(chosen, lake, records)
    judgement = _judged(chosen.name, report, lake, [by_published(lake), by_raw(lake, texts)], doubt_count)
    judgement.merges = merges_of(chosen, lake, records, realdata)
    return judgement


def judge_generated(folder: Path, articles: int, seed: int, doubt_count: int) -> Judgement:
    """Judge the benchmark's corpus. Raises JudgeFailed when its run fails."""
    truth = corpus(folder, articles, seed)
    with tempfile.TemporaryDirectory(prefix="broadsheet-judge-") as temporary:
        home = Path(temporary) / "lake"
        report = run(truth.dumps, home)
        lake = read_lake(home)
        planted = score(home / "catalog.duckdb", truth.table)
    judgement = _judged(GENERATED, report, lake, [by_published(lake)], doubt_count)
    judgement.planted = planted
    return judgement


def raw_texts(chosen: DumpSet, lake: Lake, records: Records) -> Mapping[Place, str]:
    """Give the text of every record as delivered. Raises JudgeFailed when the lake knows of other records."""
    known = lake.quarantined.union(lake.deliveries)
    strange = sorted(map(str, known.symmetric_difference(records)))
    if strange:
        raise JudgeFailed(f"{chosen.name}: the dump and its lake disagree on {len(strange)} records, as {strange[0]}")
    return {place: str(record.get(chosen.text) or "") for place, record in records.items()}


def _judged(name: str, report: dict[str, Any], lake: Lake, recalls: list[Recall], doubt_count: int) -> Judgement:
    refused = [f"{dump['name']}: {dump['detail']}" for dump in report["dumps"] if dump["status"] == "refused"]
    missing = {each.basis: [(asked, side_by_side(lake, asked.ids)) for asked in each.missing()] for each in recalls}
    counts = {count: int(report[count]) for count in _COUNTS} | lake.counts()
    joined, apart = doubts(lake, doubt_count)
    return Judgement(name, counts, refused, recalls, missing, joined=joined, apart=apart)


def _departures(scores: Scores | None) -> list[str]:
    if scores is None:
        return []
    shares = {each.relation: each.right / each.planted for each in scores.recalls}
    few = [
        f"planted {relation}: {share:.4f} of the pairs lie as they should, the target is {PLANTED_SHARE}"
        for relation, share in shares.items()
        if share < PLANTED_SHARE
    ]
    mixed = scores.mixed_clusters
    return [*few, *([f"{mixed} clusters mix stories that nobody planted as copies of each other"] if mixed else [])]


def _figures(recall: Recall) -> dict[str, Any]:
    counts = {str(target): recall.count(target) for target in TARGETS}
    return counts | {"left_out_replays": recall.replays, "left_out_quarantined": recall.quarantined}
