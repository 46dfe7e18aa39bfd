-- From version 18 to 19: who asks twice for a campaign makes it once.

-- An id of its maker's for that, as of jobs; NULL if he gave none.
ALTER TABLE campaigns ADD COLUMN request TEXT;
CREATE INDEX campaigns_by_request ON campaigns (request)
    WHERE request IS NOT NULL;
