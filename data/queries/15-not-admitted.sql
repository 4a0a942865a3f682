-- What share of each file was not admitted?
SELECT dump_name, records_read, quarantined, round(100 * quarantined / records_read) AS percent
FROM dumps WHERE status = 'consumed' AND quarantined > 0 ORDER BY percent DESC, dump_name
