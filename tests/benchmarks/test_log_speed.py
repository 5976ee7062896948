"""How fast the logs of a coding agent are read and priced, as a ratio to ccusage in one run on this machine.

Run with ``python -m pytest tests/benchmarks/test_log_speed.py -s``; it needs npm and its registry.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not here")

BYTES = 250 * 10**6
MODELS = ("claude-opus-4-8", "claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5-20251001")
ROUNDS = 7


def turns(session: str, draw: random.Random, spoken: str) -> Iterator[dict[str, object]]:
    """A conversation: what tools gave, and answers in one to three pieces, each with the usage so far."""

    def some(length: int) -> str:
        """A part of what is spoken."""
        start = draw.randrange(len(spoken) - length)
        return spoken[start : start + length]

    def name() -> str:
        return f"{draw.getrandbits(64):016x}"

    at, context = datetime(2026, 8, 1, tzinfo=timezone.utc) + timedelta(minutes=draw.randrange(88 * 24 * 60)), 15_000
    yield {"type": "summary", "summary": some(60), "leafUuid": name()}
    for turn in range(draw.randint(60, 260)):
        at += timedelta(seconds=draw.randint(3, 200))
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S.123Z")
        around = {
            "parentUuid": name(),
            "isSidechain": False,
            "userType": "external",
            "cwd": "/home/me/p",
            "sessionId": session,
            "version": "2.1.9",
            "gitBranch": "main",
        }
        size = int(min(30_000, draw.lognormvariate(7.3, 1.1)))
        given = {"tool_use_id": f"toolu_{name()}", "type": "tool_result", "content": some(size)}
        yield {
            **around,
            "type": "user",
            "message": {"role": "user", "content": [given]},
            "uuid": name(),
            "timestamp": stamp,
            "toolUseResult": {"stdout": some(size // 2), "stderr": "", "interrupted": False},
        }
        model, pieces, output = draw.choice(MODELS), draw.choice((1, 2, 2, 3)), draw.randint(20, 1500)
        for piece in range(pieces):
            changed = {"file_path": "/home/me/p/a.py", "old_string": some(600), "new_string": some(700)}
            edit = {"type": "tool_use", "id": f"toolu_{name()}", "name": "Edit", "input": changed}
            message = {
                "model": model,
                "id": f"msg_{session}_{turn}",
                "type": "message",
                "role": "assistant",
                "content": [edit if piece else {"type": "text", "text": some(draw.randint(50, 900))}],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {
                    "input_tokens": 4,
                    "cache_creation_input_tokens": size // 3,
                    "cache_read_input_tokens": context,
                    "cache_creation": {"ephemeral_5m_input_tokens": size // 3, "ephemeral_1h_input_tokens": 0},
                    "output_tokens": output if piece == pieces - 1 else 8,
                    "service_tier": "standard",
                },
            }
            yield {
                **around,
                "message": message,
                "requestId": f"req_{session}_{turn}",
                "type": "assistant",
                "uuid": name(),
                "timestamp": stamp,
            }
        context = 15_000 if context > 160_000 else context + size // 3


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory with a quarter of a gigabyte of Claude Code's logs."""
    made = tmp_path_factory.mktemp("home")
    draw = random.Random(7)
    letters = 'abcdefghijklmnopqrstuvwxyz      \n"\t(){}'
    spoken = "".join(draw.choice(letters) for _ in range(400_000))
    written = 0
    while written < BYTES:
        session = f"{draw.getrandbits(32):08x}"
        path = made / ".claude" / "projects" / f"p{draw.randrange(12)}" / f"{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(line, separators=(",", ":")) for line in turns(session, draw, spoken)]
        written += path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def ccusage(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program as npm installs it."""
    folder = tmp_path_factory.mktemp("ccusage")
    subprocess.run(["npm", "install", "--prefix", str(folder), "ccusage@20.0.24"], check=True, capture_output=True)
    return str(folder / "node_modules" / ".bin" / "ccusage")


def seconds(command: Sequence[str], home: Path) -> float:
    """How long a command takes that reads the logs in a home directory."""
    around = {**os.environ, "HOME": str(home), "CLAUDE_CONFIG_DIR": str(home / ".claude")}
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=around)
    return time.perf_counter() - start


def test_own_logs_are_read_about_as_fast_as_by_a_native_program(home: Path, ccusage: str) -> None:
    """The whole command against the whole command, in turn; a program of Rust or Python starts anew each time."""
    ours = [str(Path(sys.executable).with_name("llmcost")), "usage", "--on", "2026-11-23"]
    theirs = [ccusage, "daily", "--offline", "--json"]
    pairs = [(seconds(ours, home), seconds(theirs, home)) for _ in range(ROUNDS)]
    mine, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(one / another for one, another in pairs)
    print(f"\n{BYTES / 10**6:.0f} MB of logs: {mine:.2f} s, ccusage {other:.2f} s, ratio {ratio:.2f}")
    assert ratio < 1.1
