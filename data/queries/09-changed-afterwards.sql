-- Which articles changed after they were published, and by how much?
SELECT source, left(title, 28) AS headline, version, round(hours_later, 1) AS hours_later, words_added,
    round(jaccard, 2) AS jaccard, has_new_title
FROM revisions WHERE version > 1 ORDER BY source, headline, version
