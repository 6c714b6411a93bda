-- Format 3: two more lists have an index of their own; never edited after a release.

-- A team's living cases by promise, however many other teams have.
CREATE INDEX IF NOT EXISTS shelf_living_team ON shelf (team, desk_due) WHERE closed = 0;
-- What waits for somebody to take it.
CREATE INDEX IF NOT EXISTS shelf_waiting ON shelf (team, turn, desk_due) WHERE closed = 0 AND owner = 0;
