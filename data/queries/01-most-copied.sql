-- Which stories did most outlets print, and who had them first?
SELECT
    left(original.title, 34) AS story,
    original.source AS first_in,
    strftime(original.published_at, '%Y-%m-%d %H:%M') AS first_at,
    count(DISTINCT copy.source) AS other_outlets,
    count(*) AS copies
FROM time_to_copy AS copy JOIN articles AS original ON original.article_id = copy.canonical_id
WHERE copy.source <> original.source
GROUP BY ALL ORDER BY other_outlets DESC, copies DESC, story
