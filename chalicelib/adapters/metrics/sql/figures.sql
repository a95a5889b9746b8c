-- The figures of some days as they come: one row for each thing a case adds to a day. Columns: columns.py.
CREATE OR REPLACE TABLE figures AS
SELECT * FROM read_json($path, format = 'newline_delimited', columns = {{{columns}}});
