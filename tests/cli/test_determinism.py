"""The same inputs give the same bytes, wherever and whenever, and without a connection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SMALL

REPOSITORY = ROOT / "tests" / "scenarios" / "repository"
ON = ("--on", "2026-11-23")
COMMANDS = {
    **{
        form: ("compare", "chat-support", "-m", "*/qwen3.6-plus", "-m", "deepseek-v4-pro", *ON, "-f", form)
        for form in ("table", "markdown", "csv", "json", "jsonl", "xlsx", "focus")
    },
    "converted": ("compare", "--all", "--requests", "1k", "--input", "p50=1k,p95=50k", "--currency", "EUR", *ON),
    "price": ("price", "qwen3.6-plus", "gemini-2.5-pro", "--input", "300k", "--output", "2k", *ON),
    "self-hosted": ("compare", "chat-support", "-m", "self/qwen3.6-*@*/h100", "-m", "qwen3.6-plus", *ON, "-f", "json"),
    "breakeven": ("breakeven", "self/qwen3.6-27b@h200", "qwen3.6-plus", "chat-support", *ON, "-f", "json"),
    "models": ("models", "qwen", *ON, "-f", "json"),
    "small": ("compare", "--requests", "1k", "--input", "1k", "--prices", str(SMALL), "--no-builtin-prices", *ON),
    "check": ("check", "--config", str(REPOSITORY / "llmcost.yaml"), "--no-builtin-prices", "--frozen", "-f", "json"),
    "diff": ("diff", "--no-builtin-prices", "--config", str(REPOSITORY / "llmcost.yaml"), "--on", "2026-05-15",
             "--to", "2026-09-15", "-f", "json"),
}  # fmt: skip
WORLDS = (
    {"TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "0"},
    {"TZ": "Asia/Kathmandu", "LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"},
)
NO_SOCKETS = """\
import os, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"opened a socket: {event}\\n".encode())
        os._exit(99)

sys.addaudithook(refuse)
"""


def run(command: tuple[str, ...], world: dict[str, str], place: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a world of its own: its folder is its home as well, and a socket ends it."""
    place.mkdir()
    (place / "sitecustomize.py").write_text(NO_SOCKETS, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LLMCOST_", "LC_"))},
        **world,
        "LLMCOST_CACHE_DIR": os.environ["LLMCOST_CACHE_DIR"],
        "HOME": str(place),
        "PYTHONPATH": os.pathsep.join((str(place), str(ROOT))),
    }
    environment.pop("XDG_CONFIG_HOME", None)
    return subprocess.run([sys.executable, "-m", "llmcost", *command], capture_output=True, cwd=place, env=environment)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_bytes_in_another_world(name: str, tmp_path: Path) -> None:
    """Time zone, language, home, hash seed and working directory change no byte of stdout, and no socket is opened."""
    first, second = (run(COMMANDS[name], world, tmp_path / str(number)) for number, world in enumerate(WORLDS))
    assert first.returncode in (0, 1), first.stderr.decode()
    assert (second.returncode, second.stdout) == (first.returncode, first.stdout)
    assert len(first.stdout) > 200


def test_a_socket_would_be_seen(tmp_path: Path) -> None:
    """The only command that opens a connection ends at once in such a world."""
    asked = ("measure", "http://127.0.0.1:9/v1", "--model", "m", "--accelerator", "h100", "--precision", "fp8")
    ran = run((*asked, "--concurrency", "1", "--input", "10", "--output", "10"), WORLDS[0], tmp_path / "world")
    assert ran.returncode == 99
    assert b"opened a socket: socket." in ran.stderr
