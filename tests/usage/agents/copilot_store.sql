BEGIN TRANSACTION;
CREATE TABLE assistant_usage_events (id INTEGER PRIMARY KEY, session_id TEXT, model TEXT, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER, created_at TEXT, total_nano_aiu INTEGER, request_multiplier REAL, initiator TEXT);
INSERT INTO "assistant_usage_events" VALUES(1,'cs-1','claude-sonnet-4.6',10000,120,8000,1000,20,'2026-08-20T10:00:00.000Z',400000000,1.0,NULL);
INSERT INTO "assistant_usage_events" VALUES(2,'cs-1','gpt-5-mini',400,30,0,0,0,'2026-08-20T10:01:00.000Z',0,0.0,'compaction');
CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT, repository TEXT, created_at TEXT);
INSERT INTO "sessions" VALUES('cs-1','/home/me/proj','me/proj','2026-08-20T09:59:00.000Z');
COMMIT;
