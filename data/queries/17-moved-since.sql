-- Which articles did a later arrival make part of another story?
SELECT left(title, 40) AS headline, source, left(old_canonical_id, 8) AS old_story, left(changed.canonical_id, 8) AS story
FROM cluster_changes AS changed JOIN copies USING (article_id) ORDER BY run_id, source, headline
