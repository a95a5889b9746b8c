-- Every figure once for the whole shop and once for each thing it can be looked at by. A case of two SKUs counts
-- for both; one without a team is in no team's figures. What begins with agent_ is read by GET /v1/metrics/agents.
CREATE OR REPLACE TEMP VIEW placed AS
SELECT *, 'all' AS dimension, 'all' AS value FROM figures
UNION ALL SELECT *, 'channel', channel FROM figures
UNION ALL SELECT *, 'type', type FROM figures
UNION ALL SELECT *, 'team', team FROM figures WHERE team IS NOT NULL
UNION ALL SELECT *, 'assignee', assignee FROM figures WHERE assignee IS NOT NULL
UNION ALL SELECT *, 'sku', unnest(skus) FROM figures
UNION ALL SELECT *, 'agent_agent', assignee FROM figures WHERE assignee IS NOT NULL
UNION ALL SELECT *, 'agent_skill', assignee || '/' || type FROM figures WHERE assignee IS NOT NULL
UNION ALL SELECT *, 'agent_shift', shift FROM figures WHERE shift IS NOT NULL;
