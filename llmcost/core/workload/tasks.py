"""What a model is for, in a word; a sheet says so for every model that is not for chat."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal[
    "chat",
    "embedding",
    "image",
    "image-edit",
    "moderation",
    "ocr",
    "realtime",
    "rerank",
    "speech",
    "transcription",
    "translation",
    "video",
    "video-edit",
]
TASKS: tuple[Task, ...] = get_args(Task)
CHAT: Task = "chat"
DRAWING: tuple[Task, ...] = ("image", "image-edit")
"""Work whose images are those that are made; ``image-edit`` makes them of others that it is given, and only so."""
