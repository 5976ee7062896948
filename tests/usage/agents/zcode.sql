BEGIN TRANSACTION;
CREATE TABLE model_usage (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, turn_id TEXT, model_id TEXT NOT NULL, status TEXT, input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0, reasoning_tokens INTEGER NOT NULL DEFAULT 0, cache_creation_input_tokens INTEGER NOT NULL DEFAULT 0, cache_read_input_tokens INTEGER NOT NULL DEFAULT 0, computed_total_tokens INTEGER, started_at INTEGER NOT NULL, completed_at INTEGER);
INSERT INTO "model_usage" VALUES('u1','zs-1','t1','GLM-5.3','completed',16507,59,0,0,11712,16566,1786913842666,1786913846666);
INSERT INTO "model_usage" VALUES('u2','zs-1','t1','GLM-5.3','error',0,0,0,0,0,0,1786913842667,1786913842668);
CREATE TABLE session (id TEXT PRIMARY KEY, directory TEXT NOT NULL);
INSERT INTO "session" VALUES('zs-1','/home/me/proj');
COMMIT;
