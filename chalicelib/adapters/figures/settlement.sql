-- What statements say of some days: one row for each payment, and for each that is missing.
CREATE OR REPLACE TABLE settlement AS
SELECT * REPLACE (CAST(amount AS DECIMAL(24, 6)) AS amount)
FROM read_json($path, format = 'newline_delimited', columns = {
    day: 'VARCHAR', what: 'VARCHAR', about: 'VARCHAR', amount: 'VARCHAR', currency: 'VARCHAR'
});
