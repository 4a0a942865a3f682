-- How did one story travel? (Its id, or how that begins, is in every answer.)
SELECT strftime(published_at, '%m-%d %H:%M') AS published, source, relation, round(jaccard, 2) AS jaccard, word_count, left(title, 32) AS headline
FROM story_of('300138bb')
