BEGIN TRANSACTION;
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL, content TEXT, timestamp REAL NOT NULL);
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT NOT NULL, user_id TEXT, model TEXT, model_config TEXT, system_prompt TEXT, parent_session_id TEXT, started_at REAL NOT NULL, ended_at REAL, end_reason TEXT, message_count INTEGER DEFAULT 0, tool_call_count INTEGER DEFAULT 0, input_tokens INTEGER DEFAULT 0, output_tokens INTEGER DEFAULT 0, cache_read_tokens INTEGER DEFAULT 0, cache_write_tokens INTEGER DEFAULT 0, reasoning_tokens INTEGER DEFAULT 0, cwd TEXT, billing_provider TEXT, billing_base_url TEXT, billing_mode TEXT, estimated_cost_usd REAL, actual_cost_usd REAL, cost_status TEXT, cost_source TEXT, pricing_version TEXT, title TEXT, api_call_count INTEGER DEFAULT 0);
INSERT INTO "sessions" VALUES('20260505_aaa','cli',NULL,'claude-sonnet-4-6',NULL,NULL,NULL,1778000000.0,NULL,NULL,12,0,100,2000,30000,400,500,'/home/me/proj','anthropic',NULL,NULL,0.07,NULL,NULL,NULL,NULL,NULL,5);
INSERT INTO "sessions" VALUES('20260505_bbb','telegram',NULL,'gpt-5.4',NULL,NULL,NULL,1778003600.0,NULL,NULL,4,0,5000,300,20000,0,0,NULL,'openai-codex',NULL,NULL,0.0,NULL,NULL,NULL,NULL,NULL,2);
INSERT INTO "sessions" VALUES('20260505_ccc','cli',NULL,NULL,NULL,NULL,NULL,1778003700.0,NULL,NULL,0,0,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
DELETE FROM "sqlite_sequence";
COMMIT;
