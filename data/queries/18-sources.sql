-- How much has each source sent, how much of it is lost, and how much had others before?
SELECT source, records, admitted, round(100 * quarantined_share) AS percent_lost,
    round(100 * copied_share) AS percent_copied, strftime(newest_published_at, '%Y-%m-%d') AS newest
FROM sources ORDER BY records DESC, source
