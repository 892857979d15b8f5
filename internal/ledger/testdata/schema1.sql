-- The first schema of a ledger file.
CREATE TABLE owner (
	id          INTEGER PRIMARY KEY,
	lease_until INTEGER NOT NULL
) STRICT;
CREATE TABLE deployment (
	id                  TEXT PRIMARY KEY,
	server              TEXT NOT NULL,
	made_at             INTEGER NOT NULL,
	via                 TEXT NOT NULL,
	state               TEXT NOT NULL,
	before              TEXT NOT NULL,
	owner               INTEGER NOT NULL,
	identity            INTEGER NOT NULL,
	attempts            INTEGER NOT NULL DEFAULT 0,
	error_kind          TEXT NOT NULL DEFAULT '',
	error_status        INTEGER NOT NULL DEFAULT 0,
	error_message       TEXT NOT NULL DEFAULT '',
	possibly_duplicated INTEGER NOT NULL DEFAULT 0,
	application         TEXT NOT NULL,
	description         TEXT NOT NULL,
	target              TEXT NOT NULL,
	feed                TEXT NOT NULL,
	package             TEXT NOT NULL,
	version             TEXT NOT NULL,
	grp                 TEXT NOT NULL,
	user                TEXT NOT NULL,
	url                 TEXT NOT NULL,
	date                TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_made_at  ON deployment (made_at, id);
CREATE INDEX deployment_identity ON deployment (identity);
CREATE INDEX deployment_open     ON deployment (made_at, id, server, state) WHERE state IN ('queued', 'uncertain', 'refused');
CREATE INDEX deployment_sending  ON deployment (owner) WHERE state = 'sending';
