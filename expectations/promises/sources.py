"""Promises about tonight: what each source sent, held against its own habits; and that no date lies in the future.

All of them are warnings: a source that has changed is news for people, and no reason to keep the others' articles from
readers. `habits` says how the figures come about; a source is judged from its `warm_up_nights`th night on.
"""

from typing import Final

from expectations.habits import SOURCE_NIGHT
from expectations.promise import Promise
from expectations.thresholds import Thresholds
from transforms.article import ARTICLES

_BY_NIGHT: Final = """SELECT day, source, sum(records) AS records, sum(admitted) AS admitted,
    sum(replayed) AS replayed, sum(quarantined) AS quarantined, max(newest_published_at) AS newest
    FROM source_counts WHERE source IN ({sources}) GROUP BY ALL ORDER BY source, day DESC"""
"""What to look at first, whichever habit was broken: the nights of the sources that tonight is about."""


def tonights_articles() -> list[Promise]:
    """Give what is promised of tonight's dates."""
    return [
        Promise(
            "published_not_in_future",
            ARTICLES.name,
            "No article of tonight is dated later than the day after",
            "SELECT article_id FROM {batch} WHERE is_future_tonight",
            """SELECT article_id, source, published_at, published_at_origin, dump_name, record_number
            FROM copies JOIN deliveries USING (article_id) JOIN dumps USING (dump_digest) JOIN runs USING (run_id)
            WHERE run_id = '{run_id}' AND published_at > day + INTERVAL 2 DAY""",
            severity="warning",
            scope="night",
        )
    ]


def volume(limits: Thresholds) -> list[Promise]:
    """Give what is promised of how much a source sends, weekday by weekday."""
    low, high = limits.volume_low.figure, limits.volume_high.figure
    spreads, least = limits.volume_spreads.figure, int(limits.least_records.figure)
    return [
        _of_source(
            "source_silent",
            "Every source that sends on such a weekday has sent",
            f"""records = 0 AND weekday_records >= {limits.silent_least.figure} AND weekday_least > 0
            AND (weekday_nights >= 3 OR usual_records >= {limits.silent_least.figure})""",
            "printf('nothing, where %.0f records are usual', weekday_records)",
        ),
        _of_source(
            "source_volume_low",
            f"No source sends fewer than {low:.0%} of the records that are usual on such a weekday",
            f"""records > 0 AND weekday_records >= {least} AND records < {low} * weekday_records
            AND weekday_records - records > {spreads} * spread
            AND (weekday_nights >= 3 OR records < {low} * usual_records)""",
            "printf('%d records, where %.0f are usual', records, weekday_records)",
        ),
        _of_source(
            "source_volume_high",
            f"No source sends more than {high:.0%} of the records that are usual on such a weekday",
            f"""records >= {least} AND records > {high} * weekday_records
            AND records - weekday_records > {spreads} * spread
            AND (weekday_nights >= 3 OR records > {high} * usual_records)""",
            "printf('%d records, where %.0f are usual', records, weekday_records)",
        ),
    ]


def freshness(limits: Thresholds) -> list[Promise]:
    """Give what is promised of how new it is."""
    days, points = int(limits.stale_days.figure), limits.drift_points.figure
    return [
        _of_source(
            "source_stale",
            f"The newest article of a source is at most {days} days older than it has been of late",
            f"delivered >= 5 AND age_days > most_age_days + {days}",
            "printf('newest article %d days old, where at most %d are usual', age_days, most_age_days)",
        ),
        _of_source(
            "source_again",
            f"What a source sends was known before for at most {points:.0%} more of its records than usual",
            _above("replayed_share", points, limits, "records"),
            _shares("replayed_share", "known before"),
        ),
    ]


def drift(limits: Thresholds) -> list[Promise]:
    """Give what is promised of what a source's articles are like."""
    points, ratio = limits.drift_points.figure, limits.length_ratio.figure
    return [
        _of_source(
            "source_fields",
            "No field that a source filled is gone or much emptier",
            "lost_fields > 0",
            "printf('%d fields gone, renamed or emptier', lost_fields)",
            """SELECT day, f.source, field, target, sum(filled) AS filled, max(f.records) AS records
            FROM source_fields f JOIN runs USING (run_id) WHERE f.source IN ({sources})
            GROUP BY ALL ORDER BY source, field, day DESC""",
        ),
        _of_source(
            "source_language",
            f"The share of a source's main language is at most {points:.0%} below the usual one",
            f"{_enough(limits, 'delivered')} AND language_share < usual_language_share - {points}",
            _shares("language_share", "in its main language"),
            """SELECT day, source, unnest(map_entries(languages), recursive := true) FROM source_counts
            WHERE source IN ({sources}) ORDER BY source, day DESC""",
        ),
        _of_source(
            "source_titles",
            f"The share of a source's articles with a headline is at most {points:.0%} below the usual one",
            _below("titled_share", points, limits),
            _shares("titled_share", "with a headline"),
        ),
        _of_source(
            "source_dates",
            f"The share of a source's articles with a date is at most {points:.0%} below the usual one",
            _below("dated_share", points, limits),
            _shares("dated_share", "with a date"),
        ),
        _of_source(
            "source_length",
            f"A source's articles are on average at most {ratio:g} times as long, or as short, as usual",
            f"""{_enough(limits, "delivered")}
            AND (mean_words > {ratio} * usual_mean_words OR mean_words < usual_mean_words / {ratio})""",
            "printf('%.0f words an article, where %.0f are usual', mean_words, usual_mean_words)",
        ),
        _of_source(
            "source_copies",
            f"The share of copies among a source's new articles is at most {points:.0%} above the usual one",
            _above("copied_share", points, limits, "admitted"),
            _shares("copied_share", "copies"),
        ),
    ]


def damage(limits: Thresholds) -> list[Promise]:
    """Give what is promised of how much of it is damaged or no story."""
    rejects = limits.quarantine_points.figure
    return [
        _of_source(
            "source_quarantine",
            f"The share of a source's records in quarantine is at most {rejects:.0%} above the usual one",
            _above("quarantined_share", rejects, limits, "records"),
            _shares("quarantined_share", "in quarantine"),
            """SELECT day, source, unnest(map_entries(reasons), recursive := true) FROM source_counts
            WHERE source IN ({sources}) ORDER BY source, day DESC""",
        ),
        _of_source(
            "source_repairs",
            f"The share of a source's articles with damaged letters is at most {rejects:.0%} above the usual one",
            _above("repaired_share", rejects, limits, "delivered"),
            _shares("repaired_share", "with damaged letters"),
        ),
        _of_source(
            "source_encoding",
            "The files of a source are in an encoding that it has used of late",
            "len(new_encodings) > 0",
            "printf('%s, where %s is usual', array_to_string(new_encodings, ', '), array_to_string(encodings, ', '))",
            """SELECT day, source, encoding, sum(records) AS records FROM source_counts
            WHERE source IN ({sources}) GROUP BY ALL ORDER BY source, day DESC""",
        ),
    ]


def _enough(limits: Thresholds, count: str) -> str:
    least = int(limits.least_records.figure)
    return f"{count} >= {least} AND past_records >= {least}"


def _above(share: str, points: float, limits: Thresholds, count: str) -> str:
    return f"{_enough(limits, count)} AND {share} > usual_{share} + {points}"


def _below(share: str, points: float, limits: Thresholds) -> str:
    return f"{_enough(limits, 'delivered')} AND {share} < usual_{share} - {points}"


def _shares(share: str, what: str) -> str:
    return f"printf('%.0f %% {what}, where %.0f %% are usual', 100 * {share}, 100 * usual_{share})"


def _of_source(name: str, words: str, broken_when: str, because: str, offenders: str = _BY_NIGHT) -> Promise:
    broken_by = f"SELECT shown || ': ' || {because} AS because, source FROM {{batch}} WHERE {broken_when}"
    return Promise(name, SOURCE_NIGHT, words, broken_by, offenders, severity="warning", scope="night")
