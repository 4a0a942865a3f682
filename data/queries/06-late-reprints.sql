-- What ran again after two days or more?
SELECT left(title, 44) AS headline, source, origin, relation, days_later
FROM time_to_copy WHERE days_later >= 2 ORDER BY days_later DESC, source
