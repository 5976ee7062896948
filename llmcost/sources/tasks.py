"""What a model is for, by its name, where a public table does not say it."""

from __future__ import annotations

import re

from llmcost.core.workload.tasks import CHAT, Task

SIGNS: dict[str, Task] = {
    r"ocr(?![a-z])|(?<![a-z])ocr": "ocr",
    r"rerank": "rerank",
    r"embed|(?<![a-z])bge-": "embedding",
    r"guard(?![a-z])|shieldgemma|moderation": "moderation",
    r"(?<![a-z])tts(?![a-z])": "speech",
    r"whisper|transcri|(?<![a-z])asr(?![a-z])": "transcription",
    r"realtime|native-audio|(?<![a-z])(live|sonic)(?![a-z])": "realtime",
    r"(?<![a-z])mt(?![a-z])|translat": "translation",
    r"image-edit": "image-edit",
    r"video-?edit|lip-?sync|video.*upscal": "video-edit",
    r"-image(?![a-z])|(?<![a-z])(flux|sdxl|stable-diffusion)(?![a-z])": "image",
}
"""What stands in the names of models that are not for chat; the first that fits counts."""


def task_of(name: str, stated: Task) -> Task:
    """What a model is for: as a table states it, and where that is chat, or nothing, what its name says."""
    if stated != CHAT:
        return stated
    own = name.rpartition("/")[2].lower()
    return next((task for sign, task in SIGNS.items() if re.search(sign, own)), CHAT)
