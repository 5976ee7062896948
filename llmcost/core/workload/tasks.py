"""What a model is for, in a word; a sheet says so for every model that is not for chat."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal[
    "chat", "embedding", "image", "moderation", "ocr", "realtime", "rerank", "speech", "transcription", "video"
]
TASKS: tuple[Task, ...] = get_args(Task)
CHAT: Task = "chat"
