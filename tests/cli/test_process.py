"""The program as a process: pipes, signals, encodings, and the same bytes everywhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from array import array
from pathlib import Path
from typing import IO

import pytest
from conftest import ROOT, SMALL
from support.running import Run

PRICES = ["--prices", str(SMALL), "--no-builtin-prices", "--on", "2026-09-15"]
COMPARE = ["compare", "--all", "--requests", "1M", "--input", "2000", "--output", "500", *PRICES]
HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def environment(cache: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "LLMCOST_CACHE_DIR": str(cache), **more}


def run(arguments: list[str], env: dict[str, str], cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "llmcost", *arguments]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_every_encoding_can_show_a_table(cache_folder: Path, encoding: str) -> None:
    """Tables, explanations, errors and help print in any encoding, in plain characters where it carries no others."""
    env = environment(cache_folder, PYTHONIOENCODING=encoding)
    for arguments, code in (
        (COMPARE, 0),
        ([*COMPARE, "--explain", "--web-searches", "1"], 0),
        (["price", "night-omni", "--input", "10", *PRICES], 0),
        (["price", "nichts-für-mich-日本", "--input", "10", *PRICES], 2),
        (["prices", "show", "*", *PRICES], 0),
        (["models", *PRICES], 0),
        (["--help"], 0),
    ):
        ran = run(arguments, env)
        assert ran.returncode == code, ran.stderr
        assert b"Traceback" not in ran.stderr
        ran.stdout.decode(encoding)
        ran.stderr.decode(encoding)
    if encoding != "utf-8":
        assert b">=" in run([*COMPARE, "--web-searches", "1", "--all-rows"], env).stdout


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "jsonl", "markdown"])
def test_data_is_utf8_in_every_encoding(cache_folder: Path, format: str) -> None:
    """Data formats are the same UTF-8 bytes whatever the terminal's encoding."""
    plain = run([*COMPARE, "-f", format], environment(cache_folder, PYTHONIOENCODING="utf-8"))
    assert b"\r" not in plain.stdout
    for encoding in ("cp1252", "ascii"):
        other = run([*COMPARE, "-f", format], environment(cache_folder, PYTHONIOENCODING=encoding))
        assert other.stdout == plain.stdout


def test_the_same_bytes_everywhere(cache_folder: Path, tmp_path: Path) -> None:
    """Zone, locale, home, hash seed, working directory and an unusable cache never change stdout."""
    arguments = [*COMPARE, "-f", "json"]
    outputs = {
        run(arguments, environment(cache_folder, **more), cwd).stdout
        for more, cwd in (
            ({}, None),
            ({"TZ": "Pacific/Kiritimati"}, tmp_path),
            ({"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}, None),
            ({"HOME": "/nonexistent", "LLMCOST_CACHE_DIR": ""}, None),
            ({"PYTHONHASHSEED": "1"}, None),
            ({"PYTHONHASHSEED": "2", "LLMCOST_CACHE_DIR": "/dev/null/nowhere"}, None),
        )
    }
    assert len(outputs) == 1


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently on Windows")
@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_a_closed_pipe_ends_quietly(cache_folder: Path, format: str) -> None:
    """When the reader goes away the program ends with 141 and says nothing."""
    command = [sys.executable, "-m", "llmcost", *COMPARE, "-f", format]
    read_end, write_end = os.pipe()
    os.close(read_end)
    process = subprocess.Popen(command, env=environment(cache_folder), stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 141
    assert err == b""


def wait_until_read(pipe: IO[bytes]) -> None:
    """Until the program has read what was written to its standard input, and so waits for more."""
    import fcntl
    import termios

    left = array("i", [1])
    end = time.monotonic() + 60
    while left[0] and time.monotonic() < end:
        time.sleep(0.02)
        fcntl.ioctl(pipe, termios.FIONREAD, left)
    assert not left[0], "the program did not read its standard input"
    if sys.platform != "linux":  # elsewhere the writing end of a pipe may not say what is in it
        time.sleep(1.5)


@pytest.mark.skipif(os.name == "nt", reason="signals are different on Windows")
def test_interrupt_ends_quietly(cache_folder: Path, interruptible: None) -> None:
    """Ctrl-C while the program waits for a workload on standard input ends it with 130 and no traceback."""
    command = [sys.executable, "-m", "llmcost", "compare", "-", *PRICES]
    process = subprocess.Popen(
        command, env=environment(cache_folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b"kind: workload\n")
    process.stdin.flush()
    wait_until_read(process.stdin)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert (out, err) == (b"", b"")


def test_standard_input_is_a_workload(cache_folder: Path) -> None:
    """- reads the workload from standard input."""
    command = [
        sys.executable,
        "-m",
        "llmcost",
        "compare",
        "-",
        "-m",
        "example-small",
        "-f",
        "csv",
        "--columns",
        "monthly_cost",
        *PRICES,
    ]
    text = b"kind: workload\nclasses:\n  - {requests: 10, input_tokens: 100k}\n"
    ran = subprocess.run(
        command, env=environment(cache_folder), input=text, capture_output=True, check=True, timeout=60
    )

    # 10 x 100k x 0.50 per 1M
    assert ran.stdout == b"monthly_cost\n0.500000\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_with_2(cache_folder: Path) -> None:
    """Writing to a full device is an error that is said, not a traceback."""
    ran = run([*COMPARE, "-o", "/dev/full"], environment(cache_folder))

    assert ran.returncode == 2
    assert b"cannot write /dev/full" in ran.stderr
    assert b"Traceback" not in ran.stderr


def test_a_bug_ends_with_70(cache_folder: Path, tmp_path: Path) -> None:
    """An error nobody foresaw is one short message and 70, never a traceback or a verdict."""
    site = tmp_path / "sitecustomize.py"
    site.write_text(
        "import llmcost.cli.app as app\ndef boom(*a, **k):\n    raise ZeroDivisionError('x')\napp.build_app = boom\n",
        encoding="utf-8",
    )
    env = environment(cache_folder)
    env["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{ROOT}"
    ran = run(COMPARE, env)

    assert ran.returncode == 70
    assert b"internal error, ZeroDivisionError" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "evil",
    ["\x1b[2J", "\x1b]0;owned\x07", "x\u202ey", "a\x9bb", "\x1b]8;;http://x\x1b\\", "[red]x[/]", "[/qwen]", "x\r\ny"],
)
def test_echoed_input_is_harmless(llmcost_small: Run, evil: str) -> None:
    """Escape, control and direction characters in what a person typed never reach the terminal."""
    ran = llmcost_small("price", evil, "--input", "1")

    assert ran.code == 2
    assert not HARMFUL.search(ran.err)
    assert not HARMFUL.search(ran.out)


def test_no_command_opens_a_connection(cache_folder: Path, tmp_path: Path) -> None:
    """Computing needs no network: with sockets forbidden every compute command still works."""
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\ndef refuse(*a, **k):\n    raise RuntimeError('socket')\nsocket.socket = refuse\n",
        encoding="utf-8",
    )
    env = environment(cache_folder)
    env["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{ROOT}"
    for arguments in (
        COMPARE,
        ["models", *PRICES],
        ["prices", "show", "*", *PRICES],
        ["prices", "validate", str(SMALL)],
        ["--version"],
    ):
        assert run(arguments, env).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a pipe be made small")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_stops_half_way_is_noticed(cache_folder: Path, unbuffered: str) -> None:
    """What a pipe could take only a part of is not taken for written, however stdout is buffered."""
    import fcntl

    command = [sys.executable, "-m", "llmcost", *COMPARE, "-f", "json"]
    env = environment(cache_folder, PYTHONUNBUFFERED=unbuffered)
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(command, env=env, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    assert os.read(read_end, 10)
    os.close(read_end)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in err) == (141, False)


@pytest.mark.skipif(os.name == "nt", reason="no such devices there")
def test_endless_input_is_refused(cache_folder: Path) -> None:
    """No more than a file may hold is read of what never ends, as a workload and as prices."""
    env = environment(cache_folder)
    for arguments in (
        ["compare", "-", "-m", "example-small", *PRICES],
        ["price", "example-small", "--input", "1", "--prices", "/dev/zero", "--on", "2026-09-15"],
        ["compare", "-m", "example-small", "--requests", "1", "--text", "-", *PRICES],
    ):
        with open("/dev/zero", "rb") as endless:
            command = [sys.executable, "-m", "llmcost", *arguments]
            ran = subprocess.run(command, env=env, stdin=endless, capture_output=True, check=False, timeout=60)
        assert (ran.returncode, ran.stdout) == (2, b""), ran.stderr
        assert (b"not a regular file" if "/dev/zero" in arguments else b"larger than 5") in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="no such devices there")
def test_prices_can_be_piped_in(cache_folder: Path) -> None:
    """A sheet that can be read only once is read once."""
    sheet = (SMALL / "example-ai.yaml").read_bytes()
    arguments = ["price", "example-small", "--input", "100k", "--prices", "/dev/stdin", "--on", "2026-09-15"]
    command = [sys.executable, "-m", "llmcost", *arguments]
    ran = subprocess.run(command, env=environment(cache_folder), input=sheet, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert b"total  0.05 USD" in ran.stdout


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(cache_folder: Path, tmp_path: Path) -> None:
    """-o writes what a link points to, and the device of stdout is stdout."""
    (tmp_path / "target.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("target.csv")
    env = environment(cache_folder)
    plain = run([*COMPARE, "-f", "csv"], env).stdout
    assert run([*COMPARE, "-f", "csv", "-o", str(tmp_path / "link.csv")], env).returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "target.csv").read_bytes() == plain
    assert run([*COMPARE, "-f", "csv", "-o", "/dev/stdout"], env).stdout == plain


@pytest.mark.skipif(os.name == "nt", reason="the shell closes streams in its own way there")
def test_closed_streams_are_not_a_bug(cache_folder: Path) -> None:
    """Without a stdout there is nowhere to write to, without a stderr nobody to tell, without a stdin nothing to read."""
    asks = f'"{sys.executable}" -m llmcost compare - -m example-small --prices {SMALL} --no-builtin-prices <&-'
    ran = subprocess.run(asks, shell=True, env=environment(cache_folder), capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"stdin is closed, so there is nothing to read" in ran.stderr
    for closing, code in ((">&-", 2), ("2>&-", 0)):
        shell = f'"{sys.executable}" -m llmcost ' + " ".join(f"'{each}'" for each in COMPARE) + f" {closing}"
        ran = subprocess.run(shell, shell=True, env=environment(cache_folder), capture_output=True, check=False)
        assert ran.returncode == code, ran.stderr
        assert b"internal error" not in ran.stderr
