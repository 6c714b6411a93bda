-- Format 2: a Merkle tree over all that was written, and its signed heads. Told in docs/proof-format.md and
-- docs/ledger-format.md; never edited after a release. The program adds the leaves of what stands, in the same
-- transaction, and gives the function name_digest(secret, name).

ALTER TABLE texts ADD COLUMN name_digest BLOB;  -- of the name of a file; NULL without one; stays when the name goes

DROP TRIGGER IF EXISTS texts_stand;
UPDATE texts SET name_digest = name_digest(secret, name) WHERE name <> '';
CREATE TRIGGER texts_stand BEFORE UPDATE ON texts
WHEN NOT (OLD.erased IS NULL AND NEW.erased IS NOT NULL AND NEW.body IS NULL AND NEW.secret IS NULL
          AND NEW.sha256 IS NULL AND NEW.name = '' AND NEW.id = OLD.id AND NEW.case_id = OLD.case_id
          AND NEW.kind = OLD.kind AND NEW.author = OLD.author AND NEW.media_type = OLD.media_type
          AND NEW.bytes = OLD.bytes AND NEW.digest = OLD.digest AND NEW.name_digest IS OLD.name_digest)
BEGIN SELECT RAISE(ABORT, 'texts are only ever erased'); END;

CREATE TABLE erasures (
  number INTEGER PRIMARY KEY,
  text   INTEGER NOT NULL,
  at     INTEGER NOT NULL
) STRICT;
INSERT INTO erasures (number, text, at)
SELECT row_number() OVER (ORDER BY id), id, erased FROM texts WHERE erased IS NOT NULL;

-- By which key heads are signed from here on.
CREATE TABLE keys (
  number INTEGER PRIMARY KEY,
  key    BLOB NOT NULL,  -- 32 bytes, Ed25519
  at     INTEGER NOT NULL
) STRICT;

-- The nodes of the tree, a leaf and then each subtree that it completes: only ever added at the end.
CREATE TABLE tree (
  place INTEGER PRIMARY KEY,  -- from 0
  hash  BLOB NOT NULL
) STRICT;

-- One for each batch: how many rows of each kind count with it, which says the order of the leaves, and the root.
CREATE TABLE heads (
  number     INTEGER PRIMARY KEY,
  keys       INTEGER NOT NULL,
  texts      INTEGER NOT NULL,
  acts       INTEGER NOT NULL,
  procedures INTEGER NOT NULL,
  house      INTEGER NOT NULL,
  erasures   INTEGER NOT NULL,
  root       BLOB NOT NULL,
  at         INTEGER NOT NULL,
  key        INTEGER NOT NULL,  -- its number
  signature  BLOB NOT NULL
) STRICT;

-- What an authority said of the time of a head (RFC 3161, DER), as it came.
CREATE TABLE stamps (
  head     INTEGER NOT NULL,
  response BLOB NOT NULL
) STRICT;

CREATE TRIGGER erasures_stand BEFORE UPDATE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures are never changed'); END;
CREATE TRIGGER erasures_stay BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures are never removed'); END;
CREATE TRIGGER keys_stand BEFORE UPDATE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never changed'); END;
CREATE TRIGGER keys_stay BEFORE DELETE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never removed'); END;
CREATE TRIGGER tree_stands BEFORE UPDATE ON tree BEGIN SELECT RAISE(ABORT, 'the tree only grows'); END;
CREATE TRIGGER tree_stays BEFORE DELETE ON tree BEGIN SELECT RAISE(ABORT, 'the tree only grows'); END;
CREATE TRIGGER heads_stand BEFORE UPDATE ON heads BEGIN SELECT RAISE(ABORT, 'heads are never changed'); END;
CREATE TRIGGER heads_stay BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'heads are never removed'); END;
