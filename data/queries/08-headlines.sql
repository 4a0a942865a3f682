-- Who put which headline over the same words?
SELECT copy.source, left(copy.title, 40) AS headline, left(original.title, 40) AS headline_of_the_first
FROM time_to_copy AS copy JOIN articles AS original ON original.article_id = copy.canonical_id
WHERE copy.relation = 'exact' AND lower(copy.title) <> lower(original.title)
ORDER BY original.published_at, copy.source
