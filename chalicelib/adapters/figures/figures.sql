-- The figures of some days as they come: one row for each thing a case adds to a day.
CREATE OR REPLACE TABLE figures AS
SELECT * FROM read_json($path, format = 'newline_delimited', columns = {
    day: 'VARCHAR', "case": 'VARCHAR', number: 'VARCHAR', channel: 'VARCHAR', type: 'VARCHAR', team: 'VARCHAR',
    assignee: 'VARCHAR', shift: 'VARCHAR', skus: 'VARCHAR[]', opened: 'BOOLEAN', first_reply_ms: 'BIGINT', resolution_ms: 'BIGINT',
    reopened: 'INTEGER', replies: 'INTEGER', escalations: 'INTEGER', transfers: 'INTEGER', sla_first_reply: 'VARCHAR',
    sla_resolution: 'VARCHAR', sent: 'BOOLEAN', answered: 'BOOLEAN', csat: 'INTEGER', nps: 'INTEGER', ces: 'INTEGER'
});
