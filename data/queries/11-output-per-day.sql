-- How much did each outlet print on each day?
SELECT published_date, source, stories, copies, words
FROM stories_per_day WHERE published_date >= DATE '2026-03-03' ORDER BY published_date, copies DESC, source
