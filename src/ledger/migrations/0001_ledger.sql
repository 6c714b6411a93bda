-- Format 1. Instants are milliseconds of UTC since 1970. Told in docs/ledger-format.md; never edited after a release.

-- What was done, and what it caused. A case lies together, so that it is read from one place of the file.
CREATE TABLE acts (
  case_id  INTEGER NOT NULL,
  number   INTEGER NOT NULL,  -- 1, 2, 3 … in the whole ledger
  recorded INTEGER NOT NULL,
  person   INTEGER NOT NULL,  -- 0: the clock
  account  INTEGER NOT NULL,
  channel  INTEGER NOT NULL,
  position INTEGER NOT NULL,  -- of its first event
  version  INTEGER NOT NULL,  -- of its first event
  events   INTEGER NOT NULL,  -- how many
  -- The command; NULL, all of it, when none stood behind the events.
  what     INTEGER,           -- its four small values, told apart below
  at       INTEGER,
  actor    INTEGER,
  text     INTEGER,
  detail   INTEGER,
  other    INTEGER,
  command  INTEGER AS (what & 255),
  party    INTEGER AS (what >> 8 & 255),
  aux      INTEGER AS (what >> 16 & 255),
  facts    INTEGER AS (what >> 24 & 255),
  PRIMARY KEY (case_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX acts_by_number ON acts (number);

CREATE TABLE events (
  case_id  INTEGER NOT NULL,
  version  INTEGER NOT NULL,  -- 1, 2, 3 … in the case
  position INTEGER NOT NULL,  -- 1, 2, 3 … in the whole ledger
  act      INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  actor    INTEGER NOT NULL,
  text     INTEGER NOT NULL,  -- 0: none
  detail   INTEGER NOT NULL,
  what     INTEGER NOT NULL,  -- its four small values, told apart below
  digest   BLOB,              -- HMAC-SHA-256 of the text's body under its key; NULL without text
  kind     INTEGER AS (what & 255),
  party    INTEGER AS (what >> 8 & 255),
  clock    INTEGER AS (what >> 16 & 255),
  aux      INTEGER AS (what >> 24 & 255),
  PRIMARY KEY (case_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE texts (
  id         INTEGER PRIMARY KEY,  -- 1, 2, 3 … in the whole ledger
  case_id    INTEGER NOT NULL,     -- 0: a label that imported cases share
  kind       INTEGER NOT NULL,
  author     INTEGER NOT NULL,
  name       TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes      INTEGER NOT NULL,
  digest     BLOB NOT NULL,
  secret     BLOB,                 -- the key of the digest; this and the two below are NULL once erased
  sha256     BLOB,
  body       BLOB,
  erased     INTEGER               -- when; NULL while it stands
) STRICT;
CREATE INDEX texts_by_case ON texts (case_id);

CREATE TABLE procedures (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL,
  version        TEXT NOT NULL,
  toml           BLOB NOT NULL,
  effective_from INTEGER NOT NULL,
  adopted        INTEGER NOT NULL,
  by             INTEGER NOT NULL
) STRICT;

CREATE TABLE house (
  number INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  by     INTEGER NOT NULL,
  what   TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- What is written is written. A text may only be erased.
CREATE TRIGGER acts_stand BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
CREATE TRIGGER acts_stay BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'acts are never removed'); END;
CREATE TRIGGER events_stand BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
CREATE TRIGGER texts_stay BEFORE DELETE ON texts BEGIN SELECT RAISE(ABORT, 'texts are never removed'); END;
CREATE TRIGGER texts_stand BEFORE UPDATE ON texts
WHEN NOT (OLD.erased IS NULL AND NEW.erased IS NOT NULL AND NEW.body IS NULL AND NEW.secret IS NULL
          AND NEW.sha256 IS NULL AND NEW.name = '' AND NEW.id = OLD.id AND NEW.case_id = OLD.case_id
          AND NEW.kind = OLD.kind AND NEW.author = OLD.author AND NEW.media_type = OLD.media_type
          AND NEW.bytes = OLD.bytes AND NEW.digest = OLD.digest)
BEGIN SELECT RAISE(ABORT, 'texts are only ever erased'); END;
CREATE TRIGGER procedures_stand BEFORE UPDATE ON procedures
BEGIN SELECT RAISE(ABORT, 'procedures are never changed'); END;
CREATE TRIGGER procedures_stay BEFORE DELETE ON procedures
BEGIN SELECT RAISE(ABORT, 'procedures are never removed'); END;
CREATE TRIGGER house_stands BEFORE UPDATE ON house BEGIN SELECT RAISE(ABORT, 'house notes are never changed'); END;
CREATE TRIGGER house_stays BEFORE DELETE ON house BEGIN SELECT RAISE(ABORT, 'house notes are never removed'); END;

CREATE TABLE receipts (
  key         TEXT PRIMARY KEY,
  fingerprint INTEGER NOT NULL,
  case_id     INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
  kind     TEXT NOT NULL,
  key      TEXT NOT NULL,
  owner    INTEGER NOT NULL,
  at       INTEGER,           -- NULL: never
  body     TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX records_by_key ON records (kind, key);
CREATE INDEX records_by_owner ON records (kind, owner, key);
CREATE INDEX records_by_at ON records (kind, at, key) WHERE at IS NOT NULL;

-- Folded from acts, events and texts; can be made again from them at any time.
CREATE TABLE shelf (
  case_id     INTEGER PRIMARY KEY,
  facts       BLOB NOT NULL,     -- the state that the rules read and all else that is no text, see the format's page
  subject     TEXT NOT NULL,
  team        TEXT NOT NULL,
  -- Once more from the facts, for lists.
  account     INTEGER NOT NULL,
  opened      INTEGER NOT NULL,
  changed     INTEGER NOT NULL,
  desk_due    INTEGER NOT NULL,  -- 9223372036854775807: never
  next_tick   INTEGER,           -- NULL: never
  phase       INTEGER NOT NULL,  -- 1, 2, 4 …: the bit of the phase
  closed      INTEGER NOT NULL,
  turn        INTEGER NOT NULL,
  matter      INTEGER NOT NULL,
  owner       INTEGER NOT NULL,
  asked       INTEGER NOT NULL,  -- whom a hand-off waits for
  mediator    INTEGER NOT NULL,
  unread      INTEGER NOT NULL,
  ran_out     INTEGER NOT NULL,  -- a clock of the desk, at any time
  undecided   INTEGER NOT NULL,  -- closed without decision
  adverse     INTEGER NOT NULL,
  agent_count INTEGER NOT NULL
) STRICT;
-- Living cases are few and change with every act: few indexes. Closed ones are many and stand still: one per list.
CREATE INDEX shelf_living_due ON shelf (desk_due, case_id, team) WHERE closed = 0;
CREATE INDEX shelf_living_changed ON shelf (changed, case_id, team) WHERE closed = 0;
CREATE INDEX shelf_living_opened ON shelf (opened, case_id, team) WHERE closed = 0;
CREATE INDEX shelf_living_number ON shelf (case_id, team) WHERE closed = 0;
CREATE INDEX shelf_living_owner ON shelf (owner, desk_due) WHERE closed = 0;
CREATE INDEX shelf_living_account ON shelf (account) WHERE closed = 0;
CREATE INDEX shelf_closed_changed ON shelf (changed) WHERE closed = 1;
CREATE INDEX shelf_closed_opened ON shelf (opened) WHERE closed = 1;
CREATE INDEX shelf_closed_number ON shelf (case_id) WHERE closed = 1;
CREATE INDEX shelf_closed_owner_changed ON shelf (owner, changed) WHERE closed = 1;
CREATE INDEX shelf_closed_owner_opened ON shelf (owner, opened) WHERE closed = 1;
CREATE INDEX shelf_closed_owner_number ON shelf (owner) WHERE closed = 1;
CREATE INDEX shelf_closed_account_changed ON shelf (account, changed) WHERE closed = 1;
CREATE INDEX shelf_closed_account_opened ON shelf (account, opened) WHERE closed = 1;
CREATE INDEX shelf_closed_account_number ON shelf (account) WHERE closed = 1;
CREATE INDEX shelf_closed_team_changed ON shelf (team, changed) WHERE closed = 1;
CREATE INDEX shelf_closed_team_opened ON shelf (team, opened) WHERE closed = 1;
CREATE INDEX shelf_closed_team_number ON shelf (team) WHERE closed = 1;
CREATE INDEX shelf_asked ON shelf (asked) WHERE asked > 0;
CREATE INDEX shelf_mediator ON shelf (mediator) WHERE mediator > 0;
CREATE INDEX shelf_adverse ON shelf (changed) WHERE adverse = 1;
CREATE INDEX shelf_undecided ON shelf (changed) WHERE undecided = 1;
CREATE INDEX shelf_many_agents ON shelf (changed) WHERE agent_count >= 3;
CREATE INDEX shelf_next_tick ON shelf (next_tick) WHERE next_tick IS NOT NULL;

CREATE TABLE census (
  closed INTEGER PRIMARY KEY,  -- 0: living, 1: closed
  cases  INTEGER NOT NULL
) STRICT;
INSERT INTO census VALUES (0, 0), (1, 0);

-- What is begun and must be ended, by the number of a search table: 'purge' it of erased words, 'seal' it when full.
CREATE TABLE owed (
  what   TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (what, number)
) STRICT, WITHOUT ROWID;
