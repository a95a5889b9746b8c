-- One row a person: what kind of customer they are at $now. Each definition is in words in docs/metrics.md.
WITH orders AS (SELECT key, ($now - bought_at) / 86400000.0 AS age, amount, currency FROM bought),  -- ages in days
money AS (  -- the currency most orders of the shop are in; amounts in others are not added to it
    SELECT currency FROM bought WHERE currency <> '' GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
),
people AS (
    SELECT
        key, ($now - any_value(first_at)) / 86400000.0                                      AS first_age,
        any_value(answers)                                                                  AS answers,
        min(age)                                                                            AS age,
        count(age) FILTER (age < 365)                                                       AS orders,
        coalesce(sum(amount) FILTER (age < 365 AND currency = (SELECT currency FROM money)), 0) AS spent,
        count(DISTINCT floor(age / 91)) FILTER (age < 364)                                  AS quarters
    FROM standings LEFT JOIN orders USING (key)
    GROUP BY key
),
ranked AS (  -- quintiles by rank: who is equal is in the same one, and the lowest are in the first
    SELECT key,
        least(5, 1 + floor(5 * percent_rank() OVER (ORDER BY age DESC))) AS r,
        least(5, 1 + floor(5 * percent_rank() OVER (ORDER BY orders)))   AS f,
        least(5, 1 + floor(5 * percent_rank() OVER (ORDER BY spent)))    AS m
    FROM people WHERE age IS NOT NULL
),
scored AS (SELECT key, r, floor((f + m + 1) / 2) AS fm FROM ranked)
SELECT
    people.key,
    CASE
        WHEN r IS NULL THEN NULL
        WHEN r >= 4 AND fm >= 4 THEN 'champions'
        WHEN r >= 3 AND fm >= 3 THEN 'loyal'
        WHEN r >= 4 AND fm = 2 THEN 'potential'
        WHEN r >= 4 THEN 'new'
        WHEN r = 3 THEN 'promising'
        WHEN fm = 5 THEN 'cant_lose'
        WHEN fm >= 3 THEN 'at_risk'
        WHEN r = 2 THEN 'hibernating'
        ELSE 'lost'
    END AS rfm,
    CASE
        WHEN age IS NULL THEN NULL
        WHEN age >= 365 THEN 'lost'
        WHEN age >= 90 THEN 'sleeping'
        WHEN orders <= 1 THEN 'new'
        WHEN first_age < 180 THEN 'growing'
        ELSE 'mature'
    END AS lifecycle,
    CASE
        WHEN len(answers) = 0 THEN NULL
        WHEN list_avg(answers) >= 4 THEN 'high'
        WHEN list_avg(answers) >= 3 THEN 'middle'
        ELSE 'low'
    END AS satisfaction,
    CASE
        WHEN age IS NULL THEN NULL
        WHEN quarters >= 3 THEN 'loyal'
        WHEN orders >= 2 THEN 'repeat'
        ELSE 'single'
    END AS loyalty
FROM people LEFT JOIN scored USING (key)
ORDER BY people.key;
