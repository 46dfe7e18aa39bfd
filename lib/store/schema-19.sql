-- From version 18 to 19: who asks twice for a campaign makes it once,
-- and leases last as long as was promised.

-- An id of its maker's for that, as of jobs; NULL if he gave none.
ALTER TABLE campaigns ADD COLUMN request TEXT;
CREATE INDEX campaigns_by_request ON campaigns (request)
    WHERE request IS NOT NULL;

-- Milliseconds that ticks have counted, each what had passed since the last
-- one was applied, and the interval that was under way at most: what leases
-- are counted in, whatever becomes of the configuration.
ALTER TABLE clock ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clock ADD COLUMN interval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clock ADD COLUMN applied INTEGER NOT NULL DEFAULT 0;

-- Passed, with the interval under way, at the last renewal, and for how many
-- ms from there the bot may count on it; 0: given before, as configured.
ALTER TABLE assignments ADD COLUMN lease_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assignments ADD COLUMN lease_ms INTEGER NOT NULL DEFAULT 0;

-- The same at the start of the job, for its limit; what runs already begins
-- anew.
ALTER TABLE assignments ADD COLUMN start_at INTEGER NOT NULL DEFAULT 0;
