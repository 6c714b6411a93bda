-- Format 4: what hardly any case of a team is; never edited after a release.

-- These change seldom in a case's life: who answers a message writes to neither index.
CREATE INDEX IF NOT EXISTS shelf_kinds ON shelf (team, matter, phase, ran_out);
CREATE INDEX IF NOT EXISTS shelf_third ON shelf (team) WHERE turn = 3;
