-- How much of what an outlet prints had somebody else first?
SELECT
    source,
    count(*) AS articles,
    count(*) FILTER (article_id IN (SELECT article_id FROM time_to_copy WHERE origin <> source)) AS taken,
    round(100 * taken / articles) AS percent
FROM copies GROUP BY source ORDER BY percent DESC, articles DESC, source
