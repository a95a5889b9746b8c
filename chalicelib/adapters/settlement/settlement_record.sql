-- One settlement record a day. Each column is defined in words in docs/metrics.md.
WITH summed AS (
    SELECT day, what, currency, sum(amount) AS amount FROM settlement GROUP BY ALL
),
money AS (
    SELECT day, list({'what': what, 'currency': currency, 'amount': CAST(amount AS VARCHAR)} ORDER BY currency, what) AS money
    FROM summed GROUP BY ALL
),
counted AS (
    SELECT
        day,
        count(*) FILTER (what = 'settled')    AS settled,
        count(*) FILTER (what = 'known')      AS known,
        count(*) FILTER (what = 'unknown')    AS unknown,
        count(*) FILTER (what = 'ambiguous')  AS ambiguous,
        count(*) FILTER (what = 'different')  AS different,
        count(*) FILTER (what = 'reversed')   AS reversed,
        count(*) FILTER (what = 'failed')     AS failed,
        count(*) FILTER (what = 'not_paid')   AS not_paid
    FROM settlement GROUP BY day
)
SELECT counted.*, money.money
FROM counted LEFT JOIN money USING (day)
ORDER BY day;
