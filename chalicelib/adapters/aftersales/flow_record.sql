-- One after-sales record a day, dimension and value. Each column is defined in words in docs/metrics.md.
WITH known AS (  -- returned items count only where the delivery is known
    SELECT * FROM flows
    WHERE what <> 'returned' OR (day, about) IN (SELECT (day, about) FROM flows WHERE what = 'delivered')
),
placed AS (
    SELECT *, 'all' AS dimension, 'all' AS value FROM known
    UNION ALL SELECT *, 'kind', kind FROM known WHERE what NOT IN ('delivered', 'returned')
    UNION ALL SELECT *, 'reason', reason FROM known WHERE what NOT IN ('delivered', 'returned')
    UNION ALL SELECT *, 'sku', unnest(skus) FROM known
),
paid AS (
    SELECT day, dimension, value, what, currency, sum(amount) AS amount
    FROM placed WHERE what IN ('refund', 'compensation')
    GROUP BY ALL
),
money AS (
    SELECT day, dimension, value, list({'what': what, 'currency': currency, 'amount': CAST(amount AS VARCHAR)} ORDER BY currency, what) AS money
    FROM paid GROUP BY ALL
),
counted AS (
    SELECT
        day, dimension, value,
        count(*) FILTER (what = 'requested')                              AS requested,
        coalesce(sum(items) FILTER (what = 'requested'), 0)               AS items,
        count(*) FILTER (what = 'approved')                               AS approved,
        count(*) FILTER (what = 'approved' AND by_rule)                   AS auto_approved,
        quantile_cont(ms, [0.5, 0.9, 0.99]) FILTER (what = 'approved')    AS approval_quantiles,
        sum(ms) FILTER (what = 'approved')                                AS approval_sum,
        count(*) FILTER (what = 'rejected')                               AS rejected,
        count(*) FILTER (what = 'refused')                                AS refused,
        count(*) FILTER (what = 'disputed')                               AS disputed,
        count(*) FILTER (what = 'repaired')                               AS repaired,
        count(*) FILTER (what IN ('refund', 'compensation'))              AS paid_count,
        quantile_cont(ms, [0.5, 0.9, 0.99]) FILTER (what IN ('refund', 'compensation')) AS paid_quantiles,
        sum(ms) FILTER (what IN ('refund', 'compensation'))               AS paid_sum,
        count(*) FILTER (what = 'overdue' AND about = 'shop')             AS overdue_shop,
        count(*) FILTER (what = 'overdue' AND about = 'customer')         AS overdue_customer,
        count(*) FILTER (what = 'overdue' AND about = 'carrier')          AS overdue_carrier,
        count(*) FILTER (what = 'overdue' AND about = 'warehouse')        AS overdue_warehouse,
        count(*) FILTER (what = 'overdue' AND about = 'finance')          AS overdue_finance,
        count(*) FILTER (what = 'task_late')                              AS tasks_late,
        coalesce(sum(items) FILTER (what = 'delivered'), 0)               AS delivered_items,
        coalesce(sum(items) FILTER (what = 'returned'), 0)                AS returned_items
    FROM placed GROUP BY day, dimension, value
)
SELECT counted.*, money.money
FROM counted LEFT JOIN money USING (day, dimension, value)
ORDER BY day, dimension, value;
