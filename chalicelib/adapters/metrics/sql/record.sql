-- One record a day, dimension and value. Each column is defined in words in docs/metrics.md.
WITH counted AS (
    SELECT
        day, dimension, value,

        count(*) FILTER (opened)                                     AS opened,

        count(first_reply_ms)                                        AS first_reply_count,
        quantile_cont(first_reply_ms, [0.5, 0.9, 0.99])              AS first_reply_quantiles,
        sum(first_reply_ms)                                          AS first_reply_sum,

        count(resolution_ms)                                         AS resolved,
        quantile_cont(resolution_ms, [0.5, 0.9, 0.99])               AS resolution_quantiles,
        sum(resolution_ms)                                           AS resolution_sum,

        count(*) FILTER (sla_first_reply = 'met')                    AS first_reply_met,
        count(*) FILTER (sla_first_reply = 'breached')               AS first_reply_breached,
        count(*) FILTER (sla_resolution = 'met')                     AS resolution_met,
        count(*) FILTER (sla_resolution = 'breached')                AS resolution_breached,

        count(*) FILTER (resolution_ms IS NOT NULL AND reopened > 0) AS reopened,
        count(*) FILTER (resolution_ms IS NOT NULL AND coalesce(reopened, 0) = 0 AND coalesce(replies, 0) <= 1) AS one_contact,
        count(*) FILTER (resolution_ms IS NOT NULL AND escalations > 0) AS escalated,

        coalesce(sum(transfers), 0)                                  AS transfers,

        count(*) FILTER (sent)                                       AS sent,
        count(csat)                                                  AS csat_answered,
        count(*) FILTER (csat = 1)                                   AS csat_1,
        count(*) FILTER (csat = 2)                                   AS csat_2,
        count(*) FILTER (csat = 3)                                   AS csat_3,
        count(*) FILTER (csat = 4)                                   AS csat_4,
        count(*) FILTER (csat = 5)                                   AS csat_5,

        count(nps)                                                   AS nps_answered,
        count(*) FILTER (nps >= 9)                                   AS promoters,
        count(*) FILTER (nps BETWEEN 7 AND 8)                        AS passives,
        count(*) FILTER (nps <= 6)                                   AS detractors,

        count(ces)                                                   AS ces_answered,
        sum(ces)                                                     AS ces_sum
    FROM placed
    GROUP BY day, dimension, value
),
shares AS (  -- nothing is divided by nothing: a share of no answers is NULL, not NaN
    SELECT *,
        (csat_4 + csat_5) / nullif(csat_answered, 0)                 AS p,
        promoters / nullif(nps_answered, 0)                          AS pro,
        detractors / nullif(nps_answered, 0)                         AS con
    FROM counted
)
SELECT  -- the limits of intervals are those of chalicelib/domain/metrics/intervals.py
    * EXCLUDE (p, pro, con),
    100 * p                                                          AS csat_percent,
    100 * {csat_low}                                                 AS csat_low,
    100 * {csat_high}                                                AS csat_high,
    (csat_1 + 2 * csat_2 + 3 * csat_3 + 4 * csat_4 + 5 * csat_5) / nullif(csat_answered, 0) AS csat_mean,
    100 * (pro - con)                                                AS nps_score,
    100 * {nps_low}                                                  AS nps_low,
    100 * {nps_high}                                                 AS nps_high
FROM shares
ORDER BY day, dimension, value;
