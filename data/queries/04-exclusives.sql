-- What did one outlet alone have that day?
SELECT source, left(title, 60) AS story, word_count
FROM articles
WHERE published_date = DATE '2026-03-03'
  AND article_id NOT IN (SELECT canonical_id FROM time_to_copy WHERE origin <> source)
ORDER BY word_count DESC, story
