-- Which texts are alike and were not taken for one story, and by which rule?
SELECT left(a.title, 30) AS one, left(b.title, 30) AS other, p.relation, p.rule, round(p.jaccard, 2) AS jaccard
FROM pairs AS p JOIN copies AS a USING (article_id) JOIN copies AS b ON b.article_id = p.other_id
WHERE p.relation IN ('related', 'recurring') ORDER BY jaccard DESC, one
