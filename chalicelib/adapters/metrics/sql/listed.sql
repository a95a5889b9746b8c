-- The cases that a day's report lists by name: those that took longest, and those whose customers were least satisfied.
SELECT
    day, what, number, type, channel, resolution_ms, csat, nps
FROM (
    SELECT *, 'slowest' AS what, row_number() OVER (PARTITION BY day ORDER BY resolution_ms DESC, number) AS place
    FROM figures WHERE resolution_ms IS NOT NULL
    UNION ALL
    SELECT *, 'unhappiest', row_number() OVER (PARTITION BY day ORDER BY coalesce(csat, 5), coalesce(nps, 10), number)
    FROM figures WHERE answered AND (csat <= 2 OR nps <= 6)
)
WHERE place <= $most
ORDER BY day, what, place;
