BEGIN TRANSACTION;
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
INSERT INTO "message" VALUES('msg_k1','ses_k1',1780000000000,1780000000000,'{"role": "assistant", "parentID": "msg_k0", "path": {"cwd": "/home/me/proj", "root": "/home/me/proj"}, "cost": 0.0315, "tokens": {"total": 16400, "input": 1000, "output": 400, "reasoning": 0, "cache": {"read": 12000, "write": 3000}}, "modelID": "anthropic/claude-sonnet-4.6", "providerID": "kilo", "time": {"created": 1780000000000, "completed": 1780000000009}}');
INSERT INTO "message" VALUES('msg_k2','ses_k1',1780000010000,1780000010000,'{"role": "assistant", "parentID": "msg_k0", "path": {"cwd": "/home/me/proj", "root": "/home/me/proj"}, "cost": 0.01, "tokens": {"total": 1670, "input": 1500, "output": 50, "reasoning": 120, "cache": {"read": 0, "write": 0}}, "modelID": "gpt-5.5", "providerID": "openai", "time": {"created": 1780000010000}}');
INSERT INTO "message" VALUES('msg_k0','ses_k1',1779999999999,1779999999999,'{"role": "user", "time": {"created": 1779999999999}}');
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, parent_id text, slug text NOT NULL, directory text NOT NULL, title text NOT NULL, version text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL);
INSERT INTO "session" VALUES('ses_k1','p',NULL,'s','/home/me/proj','t','7.0',1780000000000,1780000000000);
COMMIT;
