-- Who writes most, and for whom?
SELECT author, source, count(*) AS stories, sum(word_count)::BIGINT AS words
FROM (SELECT unnest(authors) AS author, source, word_count FROM articles)
GROUP BY ALL ORDER BY stories DESC, words DESC, author LIMIT 8
