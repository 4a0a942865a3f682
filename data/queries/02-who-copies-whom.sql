-- Who copies whom, how much of it word for word, and how fast?
SELECT origin, source, stories, word_for_word, round(median_hours, 1) AS median_hours
FROM who_copies_whom ORDER BY stories DESC, origin, source
