-- What happened in after-sales flows on some days: one row for each thing.
CREATE OR REPLACE TABLE flows AS
SELECT * REPLACE (CAST(amount AS DECIMAL(24, 6)) AS amount)
FROM read_json($path, format = 'newline_delimited', columns = {
    day: 'VARCHAR', "case": 'VARCHAR', number: 'VARCHAR', kind: 'VARCHAR', reason: 'VARCHAR', skus: 'VARCHAR[]',
    what: 'VARCHAR', items: 'INTEGER', ms: 'BIGINT', by_rule: 'BOOLEAN', about: 'VARCHAR', amount: 'VARCHAR',
    currency: 'VARCHAR'
});
