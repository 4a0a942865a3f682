-- What did cleaning mend most, and in how many articles?
SELECT edit.key AS rule, count(*) AS articles, sum(edit.value)::BIGINT AS times
FROM (SELECT unnest(map_entries(edits)) AS edit FROM copies)
GROUP BY ALL ORDER BY articles DESC, times DESC, rule LIMIT 12
