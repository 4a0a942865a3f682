SELECT
    left(original.title, 38) AS story,
    replace(original.source, '.example', '') AS first_in,
    replace(copy.source, '.example', '') AS then_in,
    copy.relation,
    round(copy.jaccard, 2) AS alike,
    date_diff('minute', original.published_at, copy.published_at) AS minutes_later
FROM copies AS copy JOIN copies AS original ON original.article_id = copy.canonical_id
WHERE NOT copy.is_canonical
ORDER BY original.published_at, minutes_later, then_in
