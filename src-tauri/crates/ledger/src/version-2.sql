-- What people are told, as facts that a window puts into words of its own; JSON. NULL where an entry
-- has words only, as all of version 1 have. The texts beside them stay, for a search and for readers
-- of the file.
ALTER TABLE activity ADD COLUMN object_facts TEXT;
ALTER TABLE activity ADD COLUMN source_facts TEXT;
ALTER TABLE activity ADD COLUMN detail_facts TEXT;

DROP TRIGGER activity_is_concluded_once;

CREATE TRIGGER activity_is_concluded_once BEFORE UPDATE ON activity
WHEN old.outcome IS NOT NULL
    OR new.outcome IS NULL
    OR (new.seq, new.id, new.at, new.operator, new.connection, new.connection_name, new.environment,
        new.scope, new.action, new.object, new.reason)
    IS NOT (old.seq, old.id, old.at, old.operator, old.connection, old.connection_name,
        old.environment, old.scope, old.action, old.object, old.reason)
    OR new.count IS NOT old.count
    OR new.source IS NOT old.source
    OR new.object_facts IS NOT old.object_facts
    OR new.source_facts IS NOT old.source_facts
BEGIN
    SELECT raise(ABORT, 'an entry is concluded once and not changed otherwise');
END;
