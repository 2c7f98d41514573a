-- One row a change. Texts are cut before they are written; `search` is what a search looks into,
-- in lower case, because SQLite knows the case of ASCII only.
CREATE TABLE activity (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    at              INTEGER NOT NULL,           -- UTC, milliseconds
    operator        TEXT NOT NULL,
    connection      TEXT NOT NULL,              -- the profile's id
    connection_name TEXT NOT NULL,              -- at that moment
    environment     TEXT NOT NULL,              -- at that moment
    scope           TEXT NOT NULL,
    action          TEXT NOT NULL,
    object          TEXT NOT NULL,
    count           INTEGER,                    -- NULL is unknown
    source          TEXT,
    reason          TEXT NOT NULL,
    outcome         TEXT,                       -- NULL while under way
    done            INTEGER,
    failed          INTEGER,
    detail          TEXT,
    concluded_at    INTEGER,
    search          TEXT NOT NULL
) STRICT;

CREATE INDEX activity_of_connection ON activity (connection, seq);
CREATE INDEX activity_under_way ON activity (seq) WHERE outcome IS NULL;

CREATE TRIGGER activity_is_kept BEFORE DELETE ON activity
BEGIN
    SELECT raise(ABORT, 'activity is kept');
END;

CREATE TRIGGER activity_is_concluded_once BEFORE UPDATE ON activity
WHEN old.outcome IS NOT NULL
    OR new.outcome IS NULL
    OR (new.seq, new.id, new.at, new.operator, new.connection, new.connection_name, new.environment,
        new.scope, new.action, new.object, new.reason)
    IS NOT (old.seq, old.id, old.at, old.operator, old.connection, old.connection_name,
        old.environment, old.scope, old.action, old.object, old.reason)
    OR new.count IS NOT old.count
    OR new.source IS NOT old.source
BEGIN
    SELECT raise(ABORT, 'an entry is concluded once and not changed otherwise');
END;
