-- What was copied within two hours?
SELECT left(title, 44) AS headline, source, origin, relation, round(60 * hours_later) AS minutes_later
FROM time_to_copy WHERE hours_later <= 2 AND source <> origin
ORDER BY minutes_later, source, headline
