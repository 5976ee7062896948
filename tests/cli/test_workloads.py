"""Workloads at the command line: files, ready-made ones, text, media, fixed offers, and a project's own settings."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT
from support.running import Run, rows_of

from llmcost.files.yaml import read_yaml


def written(tmp_path: Path, text: str, name: str = "work.yaml") -> str:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return str(file)


MIX = """\
kind: workload
name: our app
classes:
  - {name: chat, requests: 1M, input_tokens: 1000, output_tokens: 100, offer: example-small}
  - {name: ears, requests: 3600, audio_seconds: 100, offer: night-ears}
"""


def test_a_workload_of_fixed_classes_has_one_total(llmcost_small: Run, tmp_path: Path) -> None:
    """Two offers in two currencies come to one row.

    1000M x 0.50 + 100M x 2 = 700 USD; 3600 x 100 s x 0.36 / 3600 s = 36 CNY and 3.60 CNY for the requests, and with
    7 CNY a dollar 39.60 / 7 = 5.657 USD.
    """
    ran = llmcost_small("compare", written(tmp_path, MIX), "-f", "json")

    (row,) = rows_of(ran.out)
    assert ran.code == 0, ran.err
    assert (row["offer"], row["kind"]) == ("our app", "mix")
    assert row["monthly_cost"] == "705.657142857143"
    assert {charge["offer"] for charge in row["charges"]} == {
        "example-ai/example-small@global",
        "night-cloud/night-ears@cn",
    }


def test_a_fixed_class_is_part_of_every_row(llmcost_small: Run, tmp_path: Path) -> None:
    """The rest of the app is compared; what is fixed costs the same in each row."""
    text = MIX.replace(", offer: night-ears", "").replace("audio_seconds: 100", "input_tokens: 1M")
    ran = llmcost_small("compare", written(tmp_path, text), "-m", "example-large", "-f", "json")

    (row,) = rows_of(ran.out)
    assert row["offer"] == "example-ai/example-large-2026@global"
    own = [charge for charge in row["charges"] if "offer" not in charge]
    assert sum(float(charge["cost"]) for charge in row["charges"] if "offer" in charge) == 700
    assert [(charge["meter"], charge["quantity"]) for charge in own] == [("input", "3600000000")]


def test_classes_that_look_alike_are_each_charged(llmcost_small: Run, tmp_path: Path) -> None:
    """Two classes with the same sizes at the same offer on other terms: 2 x 1000M x 2 = 4000 USD, not the half of it."""
    one = "{requests: 1M, input_tokens: 1000, output_tokens: 0, offer: example-large+batch}"
    text = f"kind: workload\nname: our app\nclasses:\n  - {one}\n  - {one}\n"
    ran = llmcost_small("compare", written(tmp_path, text), "-f", "json")

    (row,) = rows_of(ran.out)
    assert float(row["monthly_cost"]) == 4000


def test_nothing_is_left_to_choose_when_all_is_fixed(llmcost_small: Run, tmp_path: Path) -> None:
    """-m beside a workload whose classes are all fixed is a contradiction."""
    ran = llmcost_small("compare", written(tmp_path, MIX), "-m", "example-large")

    assert (ran.code, ran.out) == (2, "")
    assert "every class of this workload is fixed to an offer" in ran.err


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("offer: exampel-small", ":4:61", 'unknown model "exampel-small"'),
        ("images: 1, offer: example-retired", None, None),
        ("images: 1, offer: night-ears", ":4:54", "night-cloud/night-ears@cn does not take image input"),
        ("audio_seconds: 5, offer: example-large", ":4:54", "does not take audio input"),
    ],
)
def test_a_fixed_offer_is_checked_where_it_stands(
    llmcost_small: Run, tmp_path: Path, line: str, place: str | None, said: str | None
) -> None:
    """An unknown offer, or media that it does not take, is a problem of the file, with its line and column."""
    file = written(
        tmp_path,
        f"kind: workload\nname: x\nclasses:\n  - {{name: a, requests: 1, input_tokens: 1, output_tokens: 1, {line}}}\n",
    )
    ran = llmcost_small("compare", file)

    if said is None:
        assert "does not take" not in ran.err
    else:
        assert (ran.code, ran.out) == (2, "")
        assert f"{file}:4:" in ran.err
        assert said in ran.err


def test_a_ready_made_workload_answers_to_its_name(llmcost: Run) -> None:
    """`llmcost compare chat-support` works from anywhere, and a slip gets the names there are."""
    ran = llmcost("compare", "chat-support", "-m", "qwen3.6-plus", "--on", "2026-11-23")
    slip = llmcost("compare", "chat-suport")

    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[1].startswith("chat support: 50,000 sessions of 6 turns")
    assert slip.code == 2
    assert "did you mean chat-support?" in slip.err


def test_a_file_goes_before_a_ready_made_name(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file called like a ready-made workload is the file."""
    written(tmp_path, MIX, "chat-support")
    monkeypatch.chdir(tmp_path)

    assert llmcost_small("compare", "chat-support").out.splitlines()[1].startswith("our app")


def test_sizes_can_be_written_as_flags(llmcost_small: Run) -> None:
    """--input p50=…,p95=… is a curve: half of its requests lie below the median, and its mean above it."""
    ran = llmcost_small(
        "compare", "-m", "example-large", "--requests", "1k", "--input", "p50=100k,p95=400k", "--output", "1", "-f", "json"
    )  # fmt: skip
    wrong = llmcost_small(
        "compare", "-m", "example-large", "--requests", "1k", "--input", "p50=5,p95=1", "--output", "1"
    )

    (row,) = rows_of(ran.out)
    assert sorted({charge["condition"].split(" and ")[-1] for charge in row["charges"]}) == [
        "input_tokens <= 200000",
        "input_tokens > 200000",
    ]
    assert sum(float(part["requests"]) for part in row["sent"]) == pytest.approx(1000, abs=1e-9)
    assert wrong.code == 2
    assert "--input: p95 is smaller than p50: percentiles are out of order" in wrong.err


def test_images_are_counted_by_the_model_s_rule(llmcost_small: Run) -> None:
    """100 x 150 pixels are 10 x 15 patches and 2 more tokens; two images are 304 tokens at 4.00, and text has no images."""
    ran = llmcost_small(
        "price", "example-large", "--images", "2", "--image-size", "100x150", "--output", "0", "-f", "json"
    )
    without = llmcost_small("price", "example-large", "--images", "2", "--output", "0")
    deaf = llmcost_small("price", "night-ears", "--images", "1", "--output", "0")

    (row,) = rows_of(ran.out)
    assert row["counted"] == [
        {
            "what": "2 times image of 100x150",
            "tokens": "304",
            "tokens_low": "304",
            "rule": "resize rule",
            "kind": "rule",
            "checked_on": "2026-08-20",
            "source": "https://example.com/vision",
            "via": None,
            "evidence": "page",
            "note": None,
        }
    ]
    assert row["monthly_cost"] == "0.001216"
    assert without.code == 0
    assert "no size of an image is given: 1024x1024 is taken" in without.err
    assert deaf.code == 2
    assert "it does not take image input" in deaf.err


def test_text_is_an_estimate_with_a_range(llmcost_small: Run, tmp_path: Path) -> None:
    """100 characters of English and 10 of Chinese are 20 + 6 to 25 + 8 tokens; at 4.00 that is 0.000104 to 0.000132."""
    file = written(tmp_path, "a" * 100 + "中" * 10, "prompt.txt")
    ran = llmcost_small("price", "example-large", "--text", file, "--output", "0", "-f", "json")

    (row,) = rows_of(ran.out)
    assert (row["low"], row["high"], row["monthly_cost"]) == ("0.000104", "0.000132", "0.000132")
    assert (row["counted"][0]["tokens_low"], row["counted"][0]["tokens"]) == ("26", "33")
    assert row["counted"][0]["kind"] == "an estimate"


def test_a_model_nobody_described_gets_the_widest_range(llmcost_small: Run, tmp_path: Path) -> None:
    """100 characters of code-free English are 20 to 50 tokens over both known tokenizers."""
    file = written(tmp_path, "a" * 100, "prompt.txt")
    ran = llmcost_small("price", "example-small", "--text", file, "--output", "0", "-f", "json")

    assert (rows_of(ran.out)[0]["counted"][0]["tokens_low"], rows_of(ran.out)[0]["counted"][0]["tokens"]) == (
        "20",
        "50",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--text", "missing.txt"), "missing.txt cannot be read"),
        (("--text", "empty.txt"), "holds no text"),
        (("--text", "binary.txt"), "is not UTF-8 text"),
        (("--text", "prompt.txt", "--language", "fr"), 'no rule says how many tokens text in "fr" is'),
        (("--text", "prompt.txt", "--language", "en", "--language", "zh"), 'text in "en,zh" is'),
        (("--language", "en", "--input", "1"), "--language says nothing without a text"),
        (("--video-size", "1x1", "--input", "1"), "--video-size says nothing without a video"),
        (("--image-size", "huge", "--images", "1"), "is not a size in pixels"),
    ],
)
def test_text_and_media_that_cannot_be_read_are_refused(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """A text that cannot be read, or half a description of media, ends with 2 and a remedy."""
    written(tmp_path, "hello", "prompt.txt")
    written(tmp_path, " \n", "empty.txt")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    ran = llmcost_small("price", "example-large", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_init_writes_two_files_and_never_overwrites(
    llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files it writes work together at once; where one is there already, nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    assert llmcost("init").code == 0
    ran = llmcost("compare", "-m", "qwen3.6-plus", "--on", "2026-11-23")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[1].startswith("my app: 100,000 requests of 2,000 tokens in")
    (tmp_path / "workload.yaml").unlink()
    before = (tmp_path / "llmcost.yaml").read_bytes()
    again = llmcost("init")
    assert again.code == 2
    assert "llmcost.yaml already exists here" in again.err
    assert not (tmp_path / "workload.yaml").exists()
    assert (tmp_path / "llmcost.yaml").read_bytes() == before


def test_every_line_of_the_template_can_be_used(llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the comment signs taken away, the template is a sound workload."""
    monkeypatch.chdir(tmp_path)
    llmcost("init")
    lines = (tmp_path / "workload.yaml").read_text(encoding="utf-8").splitlines()
    lines = [lines[0], *(line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in lines[1:])]
    file = written(tmp_path, "\n".join(lines) + "\n", "all.yaml")
    ran = llmcost("compare", file, "-m", "gemini-2.5-flash", "--on", "2026-11-23", "-f", "json")

    assert ran.code == 0, ran.err
    assert [one["name"] for one in json.loads(ran.out)["workload"]["classes"]] == ["chat", "agent", "photos"]


def test_the_config_fills_in_what_nobody_says(llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workload, models, prices and currency come from the nearest config; what the command line says goes before it."""
    project = tmp_path / "project"
    (project / "deep").mkdir(parents=True)
    (project / ".git").mkdir()
    written(project, "kind: workload\nclasses:\n  - {requests: 1M, input_tokens: 1000}\n")
    written(
        project,
        f"version: 1\nworkload: work.yaml\nmodels: [example-small]\nprices: ['{ROOT}/tests/sheets_small']\ncurrency: CNY\n",
        "llmcost.yaml",
    )
    monkeypatch.chdir(project / "deep")
    ran = llmcost("compare", "--on", "2026-09-15", "-f", "json")
    own = llmcost("compare", "--on", "2026-09-15", "-f", "json", "-m", "example-large", "--currency", "USD")
    asked = llmcost("compare", "--on", "2026-09-15", "-f", "json", "--requests", "1", "--input", "1M")

    assert [(row["offer"], row["monthly_cost"]) for row in rows_of(ran.out)] == [
        ("example-ai/example-small@global", "3500.000000")  # 1000M x 0.50 USD, 7 CNY a dollar
    ]
    assert "workload" in ran.err
    assert [(row["offer"], row["monthly_cost"]) for row in rows_of(own.out)] == [
        ("example-ai/example-large-2026@global", "4000.000000")
    ]
    assert json.loads(asked.out)["workload"]["requests"] == "1"


def test_a_config_is_not_looked_for_outside_the_repository(
    llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search ends at the root of the repository."""
    written(tmp_path, "version: 1\nmodels: [nobody]\n", "llmcost.yaml")
    inside = tmp_path / "repository"
    (inside / ".git").mkdir(parents=True)
    monkeypatch.chdir(inside)

    assert llmcost("compare", "--requests", "1", "--input", "1", "--on", "2026-11-23").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("workload: x\n", "llmcost.yaml:1:1: the config does not say its version"),
        ("version: 2\n", 'llmcost.yaml:1:10: version "2" is not known'),
        ("version: 1\nmodel: x\n", 'llmcost.yaml:2:1: unknown key "model"'),
        ("version: 1\nmodels: x\n", "llmcost.yaml:2:9: a list is needed here"),
        ("version: 1\ncurrency: RMB\n", 'llmcost.yaml:2:11: "RMB" is not an ISO 4217 currency'),
        ("- x\n", "llmcost.yaml:1:1: a config is a mapping of keys to values"),
        ("version: [\n", "llmcost.yaml:2:1: not YAML"),
    ],
)
def test_a_broken_config_is_refused(
    llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    """A fault in the config ends with 2 and its line, and nothing is computed without it."""
    written(tmp_path, text, "llmcost.yaml")
    monkeypatch.chdir(tmp_path)
    ran = llmcost("compare", "--requests", "1", "--input", "1")

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_schema_of_workloads_is_printed(llmcost: Run) -> None:
    """`llmcost schema workload` is what the first line of every ready-made workload points at, and accepts them all."""
    ran = llmcost("schema", "workload")

    assert ran.out == (ROOT / "pricing" / "workload.json").read_text(encoding="utf-8")
    files = sorted((ROOT / "pricing" / "workloads").glob("*.yaml"))
    assert files
    for file in files:
        assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../workload.json\n")
        root = read_yaml(file).root
        assert root is not None
        jsonschema.Draft202012Validator(json.loads(ran.out)).validate(root.plain())


def test_where_the_default_set_cannot_serve_those_that_can_are_shown(llmcost: Run) -> None:
    """No widely used chat model speaks, so `compare voice-assistant` shows every offer that does, and says so."""
    ran = llmcost("compare", "voice-assistant", "--on", "2026-11-23")

    assert ran.code == 0, ran.err
    assert "None of the default set is known to serve this: these are all offers that are." in ran.out
    assert "alibaba/qwen3.5-omni-plus@intl" in ran.out


def test_requests_on_the_command_line_are_the_sessions_of_a_conversation(llmcost: Run) -> None:
    """`--requests` says how many sessions there are where the only class is a conversation."""
    ran = llmcost("compare", "chat-support", "--requests", "100", "-m", "qwen3.6-plus", "--on", "2026-11-23")

    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[1].startswith("chat support: 100 sessions of 6 turns")


def test_code_is_known_by_the_name_of_its_file(llmcost_small: Run, tmp_path: Path) -> None:
    """A .py file is code, 100 characters at 0.25 tokens each; --language says otherwise."""
    file = written(tmp_path, "x" * 100, "prompt.py")
    code = llmcost_small("price", "example-large", "--text", file, "--output", "0", "-f", "json")
    prose = llmcost_small("price", "example-large", "--text", file, "--language", "en", "--output", "0", "-f", "json")

    assert rows_of(code.out)[0]["counted"][0]["what"] == "100 characters of code"
    assert rows_of(code.out)[0]["counted"][0]["tokens"] == "25"
    assert rows_of(prose.out)[0]["counted"][0]["what"] == "100 characters of en"


def test_a_known_change_ahead_is_said(llmcost_small: Run) -> None:
    """A price that will change is priced as it is today, with a note that names the day."""
    ran = llmcost_small("compare", "-m", "example-small", "--requests", "1M", "--input", "1000")

    assert "its prices change on 2026-12-01; ask for that day to see the new ones" in ran.err


def test_an_automatic_cache_that_bills_writes_says_so(llmcost: Run) -> None:
    """Where nobody says what the cache does, and writing has a price, a note says how to count it in."""
    plain = llmcost("compare", "-m", "gpt-6.1-sol", "--requests", "1k", "--input", "20k", "--on", "2026-11-23")
    said = llmcost(
        "compare", "-m", "gpt-6.1-sol", "--requests", "1k", "--input", "20k", "--cache-hit-rate", "0%", "--on", "2026-11-23"
    )  # fmt: skip

    assert "its automatic cache bills what it writes" in plain.err
    assert "its automatic cache bills what it writes" not in said.err
    assert "50.00" in said.out  # 1,000 x 20,000 x 2.50 / 1M, all of it written


def test_the_size_of_a_video_says_nothing_of_a_files_video(llmcost: Run, tmp_path: Path) -> None:
    """A size without a length is refused over a file as it is without one: a file's video would be replaced whole."""
    file = tmp_path / "work.yaml"
    text = "kind: workload\nclasses:\n  - {requests: 1k, input_tokens: 30, video: {seconds: 5}, output_tokens: 2}\n"
    file.write_text(text, encoding="utf-8")
    for given in ([str(file)], ["--requests", "1k", "--input", "10", "--output", "2"]):
        ran = llmcost("compare", *given, "--video-size", "64x64", "-m", "qwen3.5-omni-plus", "--on", "2026-11-23")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("llmcost: --video-size says nothing without a video\n  give its length")
