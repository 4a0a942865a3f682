SELECT original.source AS first_printed_by, copy.source AS printed_again_by, copy.relation, round(copy.jaccard, 2) AS alike,
    date_diff('minute', original.published_at, copy.published_at) AS minutes_later, original.title
FROM copies AS copy JOIN copies AS original ON original.article_id = copy.canonical_id
WHERE NOT copy.is_canonical
ORDER BY original.published_at, minutes_later, printed_again_by
