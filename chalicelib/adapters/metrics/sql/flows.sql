-- What happened in after-sales flows on some days: one row for each thing. Columns: columns.py.
CREATE OR REPLACE TABLE flows AS
SELECT * REPLACE (CAST(amount AS DECIMAL(24, 6)) AS amount)
FROM read_json($path, format = 'newline_delimited', columns = {{{columns}}});
