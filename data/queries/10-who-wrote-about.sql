-- Who wrote about the lighthouse, and in which words?
SELECT source, published_date, snippet(text, 'lighthouse', around := 4) AS words
FROM articles WHERE mentions(text, 'lighthouse') ORDER BY published_at NULLS LAST, source
