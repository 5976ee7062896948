"""Every layout of usage gives the work it holds, each by its own way of counting what is cached."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from support.usage_samples import agent_samples, sample

from llmcost.core.workload.usage_record import add_up
from llmcost.errors import LlmcostError
from llmcost.usage.many import files_in, read_each
from llmcost.usage.read import read_usage
from llmcost.usage.registry import FORMATS

SAMPLES = Path(__file__).parent / "samples"
FRESH = 4 * 2_500 + 300_000
READ, WRITTEN = 4 * 10_000, 4 * 750
OUT = 4 * 750 + 1_000
THOUGHT = 4 * 300
EXPECTED = {
    # requests, fresh, read, written for 5 minutes, for an hour, for a time not stated, out, reasoning
    "openai_usage_completions.json": (5, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "openai_console_completions_usage.csv": (5, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "anthropic_usage_report_messages.json": (None, FRESH, READ, 2_000, 1_000, 0, OUT, None),
    "anthropic_analytics_usage_beta.json": (5, FRESH, READ, 2_000, 1_000, 0, OUT, None),
    "anthropic_claude_code.json": (None, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "anthropic_console_usage.csv": (None, FRESH, READ, 2_000, 1_000, 0, OUT, None),
    "openrouter_generations.csv": (5, FRESH + WRITTEN, READ, 0, 0, 0, OUT, THOUGHT),  # it does not tell writes
    "openrouter_activity_api.json": (5, FRESH + READ + WRITTEN, 0, 0, 0, 0, OUT, THOUGHT),
    "openrouter_activity_aggregate.csv": (5, FRESH + READ + WRITTEN, 0, 0, 0, 0, OUT, THOUGHT),
    "litellm_spend_logs.jsonl": (5, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "litellm_daily_user_spend.csv": (5, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "langfuse_observations.jsonl": (5, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "langfuse_observations.csv": (5, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "otel_genai_otlp.jsonl": (5, FRESH, READ, 0, 0, WRITTEN, OUT, THOUGHT),
    "claude_code_session.jsonl": (5, FRESH, READ, 2_000, 1_000, 0, OUT, None),
    "codex_rollout.jsonl": (5, FRESH + WRITTEN, READ, 0, 0, 0, OUT, THOUGHT),
    "bedrock_invocations.jsonl": (5, FRESH, READ, 2_000, 1_000, 0, OUT, None),
    "cursor_usage.csv": (None, FRESH, READ, 0, 0, WRITTEN, OUT, None),
    "deepseek_amount.csv": (5, FRESH + WRITTEN, READ, 0, 0, 0, OUT, None),
    "deepseek_amount_old.csv": (4, 4 * 3_250, READ, 0, 0, 0, 4 * 750, None),
    "alibaba_consumedetailbillv2.csv": (None, FRESH + READ + WRITTEN, 0, 0, 0, 0, OUT, None),
    "alibaba_describe_instance_bill.json": (None, FRESH + READ + WRITTEN, 0, 0, 0, 0, OUT, None),
    "llmcost_generic.csv": (5, FRESH, READ, 0, 0, WRITTEN, OUT, THOUGHT),
    "openai_console_empty.csv": (0, 0, 0, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_layout_gives_the_work_it_holds(name: str) -> None:
    """Pieces, replays, cumulative sums and rows that are no usage change nothing."""
    assert tuple(add_up(read_usage(SAMPLES / name).records))[:8] == EXPECTED[name]


ANY_ANSWER = "answers of an API"
"""The format that is tried last, for what others hold as well."""


def test_every_format_has_a_sample(tmp_path: Path) -> None:
    """No format is without a file that shows its layout, and each file is read by one format alone."""
    from llmcost.usage.table import Lines, read_table

    shown = [SAMPLES / name for name in (*EXPECTED, "responses.json")] + [
        sample(name, tmp_path) for name in agent_samples()
    ]
    fitting: dict[str, list[str]] = {}
    for path in shown:
        source = read_table(path)
        table = source.table() if isinstance(source, Lines) else source
        forms = [form.name for form in FORMATS if form.fits(table)]
        fitting[path.name] = forms[:-1] if len(forms) > 1 and forms[-1] == ANY_ANSWER else forms
    assert {name: forms for name, forms in fitting.items() if len(forms) != 1} == {}
    assert {form for forms in fitting.values() for form in forms} == {form.name for form in FORMATS}


def test_what_a_file_reports_and_says_beside_is_kept() -> None:
    """Cost, size, region and what the file cannot tell come with the counts."""
    bill = read_usage(SAMPLES / "alibaba_consumedetailbillv2.csv")
    assert add_up(bill.records).cost == Decimal("0.106") + Decimal("0.036") + Decimal("2.4") + Decimal("0.048")
    assert [record.input_range for record in bill.records] == [(0, 256_000), (256_001, 1_000_000)]
    assert {record.place for record in bill.records} == {"cn-beijing"}
    assert "how many requests there were" in bill.notes[0]
    console = read_usage(SAMPLES / "anthropic_console_usage.csv")
    assert [record.input_range for record in console.records] == [(0, 200_000), (200_001, None)]
    assert all(record.cached_unknown for record in read_usage(SAMPLES / "openrouter_activity_api.json").records)


def test_a_log_that_is_being_written_may_end_in_half_a_line(tmp_path: Path) -> None:
    """The last line may be cut, and is named; one before it may not, unless bad rows are to be skipped."""
    text = (SAMPLES / "claude_code_session.jsonl").read_text(encoding="utf-8")
    cut = read_usage(SAMPLES / "claude_code_session.jsonl").skips
    assert [skip[:2] for skip in cut] == [(len(text.splitlines()), "it is no whole JSON object")]
    (path := tmp_path / "log.jsonl").write_text('{"type": "assi\n' + text, encoding="utf-8")
    with pytest.raises(LlmcostError, match=r"log\.jsonl:1: it is no whole JSON object"):
        read_usage(path)
    assert next(skip.row for skip in read_usage(path, skip_bad=True).skips) == 1


GENERIC = "period_start,model,requests,input_uncached_tokens,output_tokens\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "is no usage in a format known here"),
        ("{", "is not JSON"),
        (GENERIC + "2026-11-01,m,1,-5,1\n", ":2: input_uncached_tokens is no count"),
        (GENERIC + "2026-11-01,m,1,5.5,1\n", ":2: input_uncached_tokens is no count"),
        (GENERIC + "2026-11-01,m,1,99999999999999999,1\n", ":2: input_uncached_tokens is no count"),
        (GENERIC + "yesterday,m,1,5,1\n", ":2: period_start is no moment"),
        (GENERIC + "1926-11-01,m,1,5,1\n", ":2: period_start is no moment"),
        (GENERIC + "2026-11-01,,1,5,1\n", ":2: model is missing"),
        (GENERIC + "2026-11-01,m,1,,1\n", ":2: input_uncached_tokens is missing"),
        (GENERIC + "0001-01-01T00:00:00+14:00,m,1,5,1\n", ":2: period_start is no moment"),
        (GENERIC.replace("requests", "batch") + "2026-11-01,m,maybe,5,1\n", ":2: batch is neither yes nor no"),
        (GENERIC + "2026-11-01,m,1,5\n", ":2: 4 cells, and the head has 5"),
        (GENERIC + "2026-11-01,m,1,5,1\n2026-11-01\n2026-11-01,m,1,5,1\n", ":3: 1 cell, and the head has 5"),
        (GENERIC.replace("model", "model,context_tier") + "2026-11-01,m,> 200k,2,400000,1\n",
         ":2: its requests cannot be in its context_tier"),
        (GENERIC.replace("model", "model,context_tier") + "2026-11-01,m,0-200k,2,400001,1\n",
         ":2: its requests cannot be in its context_tier"),
        (GENERIC + '2026-11-01,"m,1,5,1\n', "it is not CSV"),
        ('{"request_id": "a", "call_type": "c", "prompt_tokens": 5, "completion_tokens": 1, "spend": 0}\n'
         '{"request_id": "a", "call_type": "c", "prompt_tokens": 6, "completion_tokens": 1, "spend": 0}\n',
         "row 2: request_id is that of row 1, which has other counts"),
        ('[{"model": "m", "created": 1795941000, "usage": {"prompt_tokens": 1e99999999, "completion_tokens": 5}}]',
         ":1: "),
        ('[{"model": "m", "created": 1795941000, "usage": {"prompt_tokens": 1e9999999999999999999999, "completion_tokens": 5}}]',
         ":1: "),
        ('[{"model": "m", "created": 1795941000, "usage": {"prompt_tokens": 1, "completion_tokens": 5}}, "S3CRET"]',
         ":2: it is no JSON object"),
        (GENERIC.replace("requests", "cost,currency") + "2026-11-01,m,1,S3CRET,5,1\n", ":2: currency is no code"),
        (GENERIC.replace("requests", "audio_input_tokens") + "2026-11-01,m,6,5,1\n", ":2: audio, image and video input"),
        ('[{"traceId": "t", "usageDetails": {"inputs_of_mine": 5}, "model": "m", "startTime": "2026-11-01"}]',
         ":1: usageDetails has a bucket whose name says not what it counts"),
        ('[{"traceId": "t", "usageDetails": {"input": 5, "total": 9}, "model": "m", "startTime": "2026-11-01"}]',
         ":1: total is not the sum of its parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_row(text: str, said: str, tmp_path: Path) -> None:
    """The message names the file, the row and the column."""
    (path := tmp_path / "usage").write_text(text, encoding="utf-8")
    with pytest.raises(LlmcostError) as refused:
        read_usage(path)
    assert said in refused.value.message
    assert refused.value.message.startswith(str(path))
    assert refused.value.remedy


def test_a_row_of_csv_that_is_cut_may_be_left_out(tmp_path: Path) -> None:
    """As a line of JSON may be: the others count, and it is named."""
    row = "2026-11-01,m,1,5,1\n"
    (path := tmp_path / "used.csv").write_text(GENERIC + row + "2026-11-01,m,1\n" + row, encoding="utf-8")
    read = read_usage(path, skip_bad=True)
    assert (len(read.records), [skip[:2] for skip in read.skips]) == (2, [(3, "3 cells, and the head has 5")])


ANSWER = '{"model": "gpt-5", "created": 1793613600, "usage": {"prompt_tokens": 5, "completion_tokens": 1}}'


@pytest.mark.parametrize(
    ("text", "requests"),
    [
        (ANSWER + "\n" + ANSWER, 2),
        (f"[\n{ANSWER},\n{ANSWER}\n]", 2),
        (ANSWER.replace('"usage": ', '"usage":\n') + "\n", 1),
        (ANSWER.replace('"usage": {', '"usage": {\n').replace("}}", "\n}}\n"), 1),
    ],
)
def test_json_is_read_however_it_is_broken_into_lines(text: str, requests: int, tmp_path: Path) -> None:
    """A document whose lines are objects here and there is no log of objects, and is not cut into them."""
    (path := tmp_path / "answers.json").write_text(text, encoding="utf-8")
    assert tuple(add_up(read_usage(path).records))[:2] == (requests, 5 * requests)


@pytest.mark.parametrize("name", ["openai_usage_completions.json", "anthropic_usage_report_messages.json"])
def test_a_page_of_several_is_refused(name: str, tmp_path: Path) -> None:
    """A sum over the first page alone would be too small without a word."""
    text = (SAMPLES / name).read_text(encoding="utf-8").rstrip().removesuffix("}") + ', "has_more": true}'
    (path := tmp_path / name).write_text(text.replace('"has_more": false,', ""), encoding="utf-8")
    with pytest.raises(LlmcostError, match="further pages are missing"):
        read_usage(path)


def test_no_word_of_a_conversation_is_kept(tmp_path: Path) -> None:
    """Marked words in every text of every layout that is no name are in no record, note or error."""
    for name in EXPECTED:
        text = (SAMPLES / name).read_text(encoding="utf-8")
        text = text.replace('"content": []', '"content": "S3CRET"').replace('"messages": {}', '"messages": "S3CRET"')
        text = text.replace('"input": null, "output": null', '"input": "S3CRET", "output": "S3CRET"')
        (path := tmp_path / name).write_text(text, encoding="utf-8")
        assert "S3CRET" not in repr(read_usage(path)), name
        (path := tmp_path / f"broken-{name}").write_text(text.replace("2026", "S3CRET"), encoding="utf-8")
        try:
            read_usage(path)
        except LlmcostError as refused:
            assert "S3CRET" not in f"{refused.message}{refused.remedy}", name


def test_a_folder_is_its_files(tmp_path: Path) -> None:
    """Those that may be usage, in order; one without any is refused."""
    (tmp_path / "b").mkdir()
    for name in ("b/two.csv", "one.jsonl", "notes.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in files_in(tmp_path)] == ["two.csv", "one.jsonl"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(LlmcostError, match="has no file that ends in"):
        files_in(tmp_path / "empty")


def test_long_work_is_told_and_ends_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that are large together, and of a refused one too; of small ones nothing."""
    (path := tmp_path / "one.csv").write_text(GENERIC, encoding="utf-8")
    said: list[str] = []
    list(read_each([path], progress=said.append))
    assert said == []
    monkeypatch.setattr("llmcost.usage.many.WORTH_PROCESSES", 10)
    list(read_each([path], progress=said.append))
    assert said == ["reading usage: 0 of 1 files", "reading usage: 1 of 1 files", ""]
    path.write_text(GENERIC + "soon\n", encoding="utf-8")
    said.clear()
    (refused,) = read_each([path], progress=said.append)
    assert isinstance(refused, LlmcostError)
    assert said[-1] == ""


@pytest.mark.parametrize(
    ("written", "left", "said"),
    [
        ('"PretaxAmount": ', '"PretaxAmount": null, "Paid": ', "what it cost is missing"),
        ('"Currency": ', '"Currency": null, "Coin": ', "currency is missing"),
    ],
)
def test_a_bill_without_an_amount_or_its_currency_is_refused(
    written: str, left: str, said: str, tmp_path: Path
) -> None:
    """What is not stated is neither 0 nor dollars."""
    name = next(path.name for path in SAMPLES.glob("alibaba*.json"))
    text = (SAMPLES / name).read_text(encoding="utf-8")
    assert written in text
    (path := tmp_path / name).write_text(text.replace(written, left), encoding="utf-8")
    with pytest.raises(LlmcostError, match=said):
        read_usage(path)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_request_that_failed_and_was_tried_again_counts(order: tuple[int, int], tmp_path: Path) -> None:
    """In LiteLLM's log both have the id; whichever stands first."""
    line = (
        '{"request_id": "a", "call_type": "c", "prompt_tokens": %d, "completion_tokens": 1, "spend": 0,'
        ' "model": "m", "startTime": "2026-11-01T08:00:00Z", "status": "%s"}\n'
    )
    lines = [line % (0, "failure"), line % (7, "success")]
    (path := tmp_path / "log.jsonl").write_text("".join(lines[at] for at in order), encoding="utf-8")
    (record,) = read_usage(path).records
    assert record.input == 7


def test_llmcosts_own_csv_says_terms_places_and_names(tmp_path: Path) -> None:
    """As a table that an engine adds up does."""
    head = "period_start,model,input_uncached_tokens,output_tokens,terms,place,web_searches,image_input_tokens,session"
    (path := tmp_path / "used.csv").write_text(f"{head},project\n2026-11-01T08:00:00Z,m,500,9,Flex,eu,3,400,s1,p1\n")
    (record,) = read_usage(path).records
    assert (record.terms, record.place, record.web_searches, record.image_input) == ("flex", "eu", 3, 400)
    assert (record.session, record.project) == ("s1", "p1")


def test_a_damaged_database_is_told_without_what_is_in_it(tmp_path: Path) -> None:
    """SQLite names the table."""
    (path := tmp_path / "logs.db").write_bytes(b"SQLite format 3\0" + b"S3CRET" * 300)
    with pytest.raises(LlmcostError, match="SQLITE_") as refused:
        read_usage(path)
    assert "S3CRET" not in str(refused.value)
