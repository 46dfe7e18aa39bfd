-- From version 4 to 5: leases that never start, a clock that cannot jump.

-- Tick of the grant: a lease that its bot asks for again and again without
-- starting it ends.  NULL in leases given before.
ALTER TABLE assignments ADD COLUMN given_tick INTEGER;

-- Wall time as far as the ticks bear it out; what is old is judged by it.
ALTER TABLE clock ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;
