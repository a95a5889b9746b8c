-- What statements say of some days: one row for each payment, and for each that is missing. Columns: columns.py.
CREATE OR REPLACE TABLE settlement AS
SELECT * REPLACE (CAST(amount AS DECIMAL(24, 6)) AS amount)
FROM read_json($path, format = 'newline_delimited', columns = {{{columns}}});
