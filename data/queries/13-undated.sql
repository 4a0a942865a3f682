-- Which articles have no date, and in which file did they come?
SELECT left(title, 22) AS headline, dump_name, member, record_number
FROM copies JOIN deliveries USING (article_id) WHERE published_date IS NULL
ORDER BY dump_name, member, record_number
