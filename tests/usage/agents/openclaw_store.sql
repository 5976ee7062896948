BEGIN TRANSACTION;
CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq));
INSERT INTO "transcript_events" VALUES('session-a',0,'{"id": "evt-1", "type": "model_change", "modelId": "gpt-5.2", "provider": "openai-codex"}',1769753935279);
INSERT INTO "transcript_events" VALUES('session-a',1,'{"id": "evt-2", "type": "message", "message": {"role": "assistant", "usage": {"input": 1660, "output": 55, "cacheRead": 108928, "cost": {"total": 0.02}}, "timestamp": 1769753935279}}',1769753935279);
INSERT INTO "transcript_events" VALUES('session-a',9,'not json',1769753935279);
COMMIT;
