"""Where coding agents keep their logs on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Folder(NamedTuple):
    """Where an agent keeps its logs: patterns below a folder in the home directory, or below what a variable names.

    ``variable`` of None: nothing moves it. ``below`` is what of ``home`` lies below the variable's folder.
    """

    agent: str
    home: str
    patterns: tuple[str, ...]
    variable: str | None = None
    below: str = ""


OPENCLAW = (
    "agents/**/*.jsonl",
    "agents/**/*.jsonl.reset.*",
    "agents/**/*.jsonl.deleted.*",
    "agents/*/agent/openclaw-agent.sqlite",
)
"""Its logs, also of sessions that were begun anew or deleted; later releases have a database."""
FOLDERS = (
    Folder("Claude Code", ".claude", ("projects/**/*.jsonl",), "CLAUDE_CONFIG_DIR"),
    Folder("Claude Code", ".config/claude", ("projects/**/*.jsonl",), "CLAUDE_CONFIG_DIR"),
    Folder("Codex", ".codex", ("sessions/**/*.jsonl", "archived_sessions/**/*.jsonl"), "CODEX_HOME"),
    Folder(
        "Gemini CLI", ".gemini", ("tmp/**/chats/**/*.json", "tmp/**/chats/**/*.jsonl"), "GEMINI_CLI_HOME", ".gemini"
    ),
    Folder("Qwen Code", ".qwen", ("projects/**/chats/*.jsonl",), "QWEN_HOME"),
    Folder(
        "OpenCode", ".local/share/opencode", ("opencode*.db", "storage/message/**/*.json"), "XDG_DATA_HOME", "opencode"
    ),
    Folder("Kilo", ".local/share/kilo", ("kilo.db",), "XDG_DATA_HOME", "kilo"),
    Folder("GitHub Copilot CLI", ".copilot", ("session-state/**/events.jsonl",), "COPILOT_HOME"),
    Folder("Kimi CLI", ".kimi", ("sessions/*/*/wire.jsonl",), "KIMI_SHARE_DIR"),
    Folder("Kimi Code", ".kimi-code", ("sessions/**/wire.jsonl",), "KIMI_CODE_HOME"),
    Folder("pi", ".pi/agent", ("sessions/**/*.jsonl",), "PI_CODING_AGENT_DIR"),
    Folder("OpenClaw", ".openclaw", OPENCLAW, "OPENCLAW_STATE_DIR"),
    Folder("Amp", ".local/share/amp", ("threads/T-*.json",), "XDG_DATA_HOME", "amp"),
    Folder("Grok Build CLI", ".grok", ("sessions/**/updates.jsonl",), "GROK_HOME"),
    Folder("Codebuff", ".config/manicode", ("projects/*/chats/*/chat-messages.json",)),
    Folder("Goose", ".local/share/goose", ("sessions/sessions.db",), "XDG_DATA_HOME", "goose"),
    Folder("Hermes", ".hermes", ("state.db", "profiles/*/state.db"), "HERMES_HOME"),
    Folder("Droid", ".factory", ("sessions/**/*.settings.json",)),
    Folder("ZCode", ".zcode", ("cli/db/db.sqlite",), "ZCODE_HOME"),
    Folder("llm", ".config/io.datasette.llm", ("logs.db",), "LLM_USER_PATH"),
    Folder("llm", "Library/Application Support/io.datasette.llm", ("logs.db",), "LLM_USER_PATH"),
)


def agent_logs(home: Path, environment: Mapping[str, str] = os.environ) -> Iterator[tuple[Folder, list[Path]]]:
    """The logs that are there, folder by folder, each in order; a folder without any is passed over.

    A variable may name several folders, by comma.
    """
    seen: set[Path] = set()
    for folder in FOLDERS:
        files: list[Path] = []
        for root in _roots(folder, home, environment):
            for pattern in folder.patterns:
                files += sorted(path for path in root.glob(pattern) if path.is_file() and path not in seen)
                seen |= set(files)
        if files:
            yield folder, files


def _roots(folder: Folder, home: Path, environment: Mapping[str, str]) -> list[Path]:
    named = environment.get(folder.variable, "") if folder.variable else ""
    roots = [Path(each.strip()).expanduser() / folder.below for each in named.split(",") if each.strip()]
    return roots or [home / folder.home]
