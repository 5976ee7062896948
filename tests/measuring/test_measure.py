"""Measuring a server: real loopback servers of known speed, and of every kind of bad manners."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from conftest import SMALL
from support.running import Run
from support.serving import HEAD, Server, chunk, serving, steady_rate

from llmcost import LlmcostError, load_catalogue, predict_throughput
from llmcost.measuring.endpoint import Question, Reply, endpoint, prompt
from llmcost.measuring.load_test import LEAST, Level, Limits, drive

pytestmark = pytest.mark.network


def measure(
    url: str,
    levels: list[int],
    *,
    output: int = 30,
    requests: int | None = None,
    seconds: float = 60,
    stall: float = 10,
) -> Any:
    question = Question(endpoint(url), "Example/Pebble-8B", 100, output, {})
    return drive(question, levels, Limits(requests, seconds, stall), lambda *_: None)


def break_one(server: Server, which: int, manner: str = "breaks") -> None:
    """Let one request, counted from one, break off in the middle, or be answered in another manner."""
    real = server.reply
    count = 0

    async def sometimes(payload: dict[str, object], writer: Any) -> None:
        nonlocal count
        count += 1
        server.manner = manner if count == which else "well"
        await real(payload, writer)

    server.reply = sometimes  # type: ignore[method-assign]


def delay(server: Server, which: range, seconds: float) -> None:
    """Let some requests, counted from one, wait before anything is sent."""
    real = server.reply

    async def late(payload: dict[str, object], writer: Any) -> None:
        await asyncio.sleep(seconds if len(server.asked) in which else 0)
        await real(payload, writer)

    server.reply = late  # type: ignore[method-assign]


def refuse(server: Server, code: int, body: str, whether: Callable[[dict[str, object]], bool]) -> None:
    """Let some requests be answered with another status."""
    real = server.reply

    async def refusal(payload: dict[str, object], writer: Any) -> None:
        if whether(payload):
            data = body.encode()
            writer.write(b"HTTP/1.1 %d No\r\ncontent-length: %d\r\n\r\n%s" % (code, len(data), data))
            await writer.drain()
        else:
            await real(payload, writer)

    server.reply = refusal  # type: ignore[method-assign]


def count_words(server: Server, tokens_a_word: float, more: int) -> None:
    """Let the server count the tokens of each prompt by its words."""
    real = server.reply

    async def count(payload: dict[str, Any], writer: Any) -> None:
        words = len(payload["messages"][0]["content"].split())
        usage = {"prompt_tokens": round(more + tokens_a_word * words), "completion_tokens": payload["max_tokens"]}
        server.usage = json.dumps(usage)
        await real(payload, writer)

    server.reply = count  # type: ignore[method-assign]


def send(server: Server, choices: list[dict[str, object]], pause: float) -> None:
    """Let the server answer with these pieces, a pause between each two, and count ten tokens."""
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 10}}\n\ndata: [DONE]\n\n'
    pieces = [b"data: " + json.dumps({"choices": [each]}).encode() + b"\n\n" for each in choices]

    async def pieces_of(_: dict[str, object], writer: Any) -> None:
        writer.write(HEAD)
        for piece in pieces if pause else [b"".join(pieces)]:
            await chunk(writer, piece)
            await asyncio.sleep(pause)
        await chunk(writer, usage)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    server.reply = pieces_of  # type: ignore[method-assign]


def test_clients_that_wait_in_a_queue_do_not_raise_the_rate() -> None:
    """A server that works on 16 requests at once is as fast at two and four times as many, and no faster by a quarter.

    On a busy machine clients begin late, which can only make it look slower. What it really sent a second in the middle of its work is compared with, so that a busy machine changes both. Each of
    the two has a server of its own, both at the same time, since all they do is wait.
    """

    def rates(concurrency: int) -> tuple[Any, float]:
        with serving(0.07, 0.07, slots=16) as server:
            (level,) = measure(server.url, [concurrency], output=5).levels
        return level, steady_rate(server.sent)

    with ThreadPoolExecutor() as both:
        for concurrency, (level, steady) in zip((32, 64), both.map(rates, (32, 64)), strict=True):
            assert 0.7 * steady < level.tokens_per_second < 1.25 * steady
            assert (level.requests, level.failed, level.doubt) == (4 * concurrency, 0, None)


def test_short_answers_leave_time_in_which_all_are_busy() -> None:
    """Clients that are answered before the last one has begun wait for it, and the level is a whole one."""
    with serving(0.001, 0.001) as server:
        (level,) = measure(server.url, [32], output=2).levels
    assert (level.requests, level.doubt) == (128, None)
    assert level.tokens_per_second > 32


@pytest.mark.parametrize(
    ("reply", "since", "until", "tokens"),
    [
        (Reply(0, 1, 3, 20, 5), 0, 4, 20),
        (Reply(0, 1, 3, 20, 5), 0, 2, 10),
        (Reply(0, 1, 3, 20, 5), 2.5, 2.75, 2.5),
        (Reply(0, 1, 3, 20, 5), 3, 9, 0),
        (Reply(0, 1, 3, 20, 5), 0, 0.5, 0),
        (Reply(0, 4, 4, 20, 5), 1, 3, 10),
    ],
)
def test_tokens_count_when_they_came(reply: Reply, since: float, until: float, tokens: float) -> None:
    """Tokens come evenly from the first to the last; those of one piece are spread over all its time."""
    assert reply.tokens_between(since, until) == tokens


def test_the_first_requests_of_a_level_are_not_measured() -> None:
    """A server that is slow when so many come for the first time is measured as it is afterwards."""
    with serving(0.02, 0.002) as server:
        delay(server, range(1, 5), 2)
        (level,) = measure(server.url, [4]).levels
    assert level.tokens_per_second > 2 * 4 * 4 * 30 / 2


def test_times_are_of_requests_that_met_all_others() -> None:
    """Requests that began before the last client do not count for the time to the first token."""
    with serving(0.02, 0.002) as server:
        delay(server, range(5, 8), 1.5)
        (level,) = measure(server.url, [4]).levels
    assert level.ttft < 3 * 1.5 / 16


def test_the_end_of_a_level_is_not_measured() -> None:
    """One client whose last answer is long in coming does not lower the rate: the others find nothing left to do."""
    with serving(0.05, 0.005) as server:
        delay(server, range(8 + 32, 8 + 33), 2)
        (level,) = measure(server.url, [8], output=10).levels
    assert (level.requests, level.doubt) == (32, None)
    assert level.tokens_per_second > 2 * 32 * 10 / 2


def test_without_usage_pieces_are_counted() -> None:
    """A server that does not count tokens is measured by the pieces it sends."""
    with serving(0.02, 0.002, "no-usage") as server:
        (level,) = measure(server.url, [2]).levels
    assert (level.output_tokens, level.input_tokens) == (30, None)


@pytest.mark.parametrize(
    "usage",
    [
        "7",
        '"much"',
        "[1, 2]",
        '{"prompt_tokens": NaN, "completion_tokens": 30}',
        '{"prompt_tokens": 1003, "completion_tokens": -30}',
        '{"prompt_tokens": 0, "completion_tokens": 30}',
        '{"prompt_tokens": true, "completion_tokens": true}',
        '{"prompt_tokens": 1003, "completion_tokens": 1e300}',
        '{"prompt_tokens": 1003, "completion_tokens": 10000001}',
        '{"prompt_tokens": 1003, "completion_tokens": 9999999999999999999999}',
    ],
)
def test_a_usage_that_cannot_be_is_not_believed(usage: str) -> None:
    """Counts that are no counts, or larger than any answer, are passed over, and pieces are counted."""
    with serving(0.01, 0.001) as server:
        server.usage = usage
        (level,) = measure(server.url, [1], output=10).levels
    assert (level.output_tokens, level.input_tokens) == (10, None)


@pytest.mark.parametrize("usage", ["9" * 400, "[" * 100_000, "{"])
def test_an_event_that_no_reader_takes_is_said(usage: str) -> None:
    """Endless numbers and deep nesting end with a message."""
    with serving(0.01, 0.001) as server:
        server.usage = usage
        found = measure(server.url, [1], output=10)
    assert "sends what is not JSON" in str(found.problem)


def test_no_two_prompts_are_alike_and_the_requests_are_bounded() -> None:
    """Every prompt begins in its own way, so that no prefix cache helps; a level sends no more than it may."""
    with serving(0.01, 0.001) as server:
        found = measure(server.url, [16])
    prompts = [str(each["messages"])[:60] for each in server.asked]
    assert len(set(prompts)) == len(prompts) == 16 + 64
    assert found.levels[0].requests == 64
    assert all(each["stream"] is True and each["ignore_eos"] is True for each in server.asked)


@pytest.mark.parametrize(("requests", "made"), [(20, 20), (3, 16)])
def test_a_level_that_is_cut_short_is_in_doubt(requests: int, made: int) -> None:
    """Fewer than 4 requests for each client are a lower bound, over all the time, and the level says so."""
    with serving(0.1, 0.01) as server:
        (level,) = measure(server.url, [16], requests=requests, output=10).levels
    assert level.requests == made
    assert level.doubt == f"a lower bound: {made} requests are fewer than 4 for each of 16 clients"
    assert level.tokens_per_second <= made * 10 / (15 * 0.02 + 0.19)


@pytest.mark.parametrize(
    ("manner", "message"),
    [
        ("hang", "sent nothing for 1 seconds"),
        ("error", "answers 404"),
        ("redirect", "redirects to http://example.com/v1"),
        ("garbage", "sends no stream of events"),
        ("broken-json", "sends what is not JSON"),
        ("bomb", "sends more than any answer holds"),
        ("drip", "did not finish one short answer in 2 seconds"),
        ("breaks", "broke off"),
        ("empty", "ended its answer without a token"),
        ("cuts-off", "cut its answer off after 4 pieces"),
    ],
)
def test_bad_manners_end_with_a_message(manner: str, message: str) -> None:
    """A server that hangs, drips, errs, redirects or sends garbage ends the run in bounded time, and says so."""
    began = time.monotonic()
    with serving(0.01, 0.001, manner) as server:
        found = measure(server.url, [1, 4], seconds=2, stall=1)
    assert found.levels == ()
    assert message in str(found.problem)
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("manner", ["fails-from-30", "hangs-from-30"])
def test_what_was_measured_is_kept(manner: str) -> None:
    """A server that fails in the second level leaves the first one standing."""
    with serving(0.01, 0.001, manner) as server:
        found = measure(server.url, [1, 16], stall=0.5)
    assert [level.concurrency for level in found.levels] == [1]
    assert found.problem


def test_a_level_of_one_client_is_not_judged_by_a_few_requests() -> None:
    """Four rounds of one client would be four requests; a level has at least LEAST where nobody limits them."""
    with serving(0.001, 0.0001) as server:
        found = measure(server.url, [1, 16])
    assert [level.requests for level in found.levels] == [LEAST, 64]


def test_a_few_failures_do_not_end_a_level() -> None:
    """One request in many that breaks is left out and counted; the others stand, and the level is in doubt."""
    with serving(0.01, 0.001) as server:
        break_one(server, 40)
        found = measure(server.url, [16])
    (level,) = found.levels
    assert found.problem is None
    assert (level.requests, level.failed) == (63, 1)
    assert "1 of 64 requests failed, the first so: http://127.0.0.1:" in str(level.doubt)
    assert "broke off" in str(level.failure)


def test_a_failure_before_a_level_is_left_to_the_level() -> None:
    """One client whose first, untimed request fails does not end the run."""
    with serving(0.01, 0.001) as server:
        break_one(server, 3)
        found = measure(server.url, [16])
    assert (found.problem, found.levels[0].requests, found.levels[0].failed) == (None, 64, 0)


def test_a_closed_port_is_said() -> None:
    """Nobody at the address."""
    found = measure("http://127.0.0.1:9/v1", [1])
    assert "cannot connect to http://127.0.0.1:9/v1/chat/completions" in str(found.problem)


@respx.mock
def test_a_key_is_sent_and_an_error_of_the_server_is_said() -> None:
    """The key goes into the header only; what an event reports as error ends the run."""
    body = 'data: {"error": {"message": "model is loading"}}\n\n'
    route = respx.post("http://llm.example/v1/chat/completions").mock(return_value=httpx.Response(200, text=body))
    question = Question("http://llm.example/v1/chat/completions", "m", 10, 5, {"authorization": "Bearer secret"})
    found = drive(question, [1], Limits(4, 5, 5), lambda *_: None)
    assert route.calls[0].request.headers["authorization"] == "Bearer secret"
    assert "reports an error" in str(found.problem)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("code", "body"), [(422, "Unexpected keys in the request: {'ignore_eos'}"), (400, "unknown argument: ignore_eos")]
)
def test_a_server_that_refuses_ignore_eos_is_asked_without_it(code: int, body: str) -> None:
    """Each client meets the refusal once, before anything is measured; all levels are asked without, and it is said."""
    with serving(0.01, 0.001) as server:
        refuse(server, code, body, lambda payload: "ignore_eos" in payload)
        found = measure(server.url, [2, 4], output=10)
    assert (found.problem, [level.requests for level in found.levels]) == (None, [24, 24])
    assert ["ignore_eos" in each for each in server.asked] == [True] * 2 + [False] * (2 + 24 + 4 + 24)
    assert found.notes == (
        "the server refuses ignore_eos and was asked without it: answers end where the model ends them",
    )


def test_a_refusal_that_stays_is_said_once() -> None:
    """A server that refuses the same without the field is not asked a third time."""
    with serving(0.01, 0.001) as server:
        refuse(server, 422, "no ignore_eos here", lambda _: True)
        found = measure(server.url, [1])
    assert "answers 422: no ignore_eos here" in str(found.problem)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("code", "body", "field"),
    [
        (422, '{"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"]}]}', "stream_options"),
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model.", "max_tokens"),
        (400, "max_tokens is too large: 200. The context has 128 tokens", None),
        (400, "unknown model upstream", None),
        (500, "unknown argument: stream_options", None),
    ],
)
def test_a_field_that_cannot_be_left_out_is_named(code: int, body: str, field: str | None) -> None:
    """The remedy names the field that a server refuses; what it says of values is no refusal of a field."""
    with serving(0.01, 0.001) as server:
        refuse(server, code, body, lambda _: True)
        found = measure(server.url, [1])
    assert f"answers {code}: " in str(found.problem)
    assert found.remedy == (
        field
        and f"requests need {field}, as in OpenAI's API: use a server that takes it, or give a result file with --from"
    )


def test_prompts_have_the_length_asked_for_by_the_count_of_the_server() -> None:
    """A tokenizer of 2.4 tokens a word gets fewer words: 1,000 within 3% in the first level, and nearer in the next.

    The short requests before the first level have 24 + 2.4 x 976 tokens and more.
    """
    with serving(0.01, 0.001) as server:
        count_words(server, 2.4, 9)
        question = Question(endpoint(server.url), "Example/Pebble-8B", 1000, 10, {})
        first, second = drive(question, [1, 2], Limits(None, 60, 10), lambda *_: None).levels
    assert first.input_tokens == pytest.approx(1000, rel=0.03)
    assert second.input_tokens == pytest.approx(1000, rel=0.005)


@pytest.mark.parametrize(("tokens_a_word", "words"), [(40.0, 976), (0.1, 976), (6.0, 163)])
def test_a_count_that_no_tokenizer_makes_changes_nothing(tokens_a_word: float, words: int) -> None:
    """A server that counts 40 tokens or a tenth for a short word counts something else; 6 letters can be 6 tokens."""
    question = Question("", "m", 1000, 10, {})
    assert question.adapt(24 + 976 * tokens_a_word).words == words
    assert question._replace(input_tokens=10).adapt(500).words == 0


# An answer in pieces: what each brings, and the token that is measured as the first

ROLE = {"delta": {"role": "assistant", "content": ""}}
HALF = {"delta": {"content": ""}}
WORD = {"delta": {"content": "word"}}
END = {"delta": {"content": ""}, "finish_reason": "stop"}


@pytest.mark.parametrize(
    ("choices", "first"),
    [
        ([ROLE, WORD, WORD, END], 1),
        ([ROLE, HALF, WORD, END], 1),
        ([ROLE, {"delta": {"reasoning_content": "so"}}, WORD, END], 1),
        ([ROLE, {"delta": {"role": None, "content": "", "tool_calls": None}}, WORD, END], 1),
        ([{"delta": {"role": "assistant", "content": None}}, ROLE, WORD, END], 2),
        ([{"delta": {}}, {"delta": {"role": "assistant", "content": "a"}}, WORD, END], 1),
        ([{"text": ""}, {"text": "word"}, {"text": "", "finish_reason": "stop"}], 0),
    ],
)
def test_the_first_token_is_the_first_that_comes(choices: list[dict[str, object]], first: int) -> None:
    """A token counts whether it shows or not, as half a letter and thoughts do; a role and an ending are none.

    The last token is the last but one of the pieces, and 9 of the 10 come after the first.
    """
    with serving() as server:
        send(server, choices, 0.2)
        (level,) = measure(server.url, [1], requests=4, output=10).levels
    assert 0.2 * first <= level.ttft < 0.2 * (first + 1)
    assert 9 * (level.tpot or 0) == pytest.approx(0.2 * (len(choices) - 2 - first), abs=0.15)
    assert level.output_tokens == 10


def test_tokens_that_never_show_are_no_failure() -> None:
    """An answer of special tokens brings no piece; its usage says that they came, and they came with its end."""
    with serving() as server:
        send(server, [ROLE, END], 0.05)
        found = measure(server.url, [1], requests=4, output=10)
    assert found.problem is None
    assert (found.levels[0].output_tokens, found.levels[0].tpot) == (10, None)
    assert found.levels[0].ttft >= 0.05


@pytest.mark.parametrize(("load", "doubt"), [(0.79, None), (0.9, "llmcost itself used 90% of a core")])
def test_a_client_that_is_the_limit_is_said(load: float, doubt: str | None) -> None:
    """From four fifths of a core the rate is a lower bound, as it may be that of llmcost."""
    level = Level(1, 100, 0.1, 0.01, 4, 100, 10, client_load=load)
    assert level.doubt == (doubt and f"a lower bound: this machine may be the limit, as {doubt}")


def test_the_work_of_the_client_is_its_own() -> None:
    """Reading 20,000 pieces that are there at once is work; waiting for a slow server, in a thread beside, is none."""
    loads = []
    for pieces, pause in (([WORD] * 20_000, 0), ([WORD] * 3, 0.05)):
        with serving() as server:
            send(server, [*pieces, END], pause)
            (level,) = measure(server.url, [2], requests=4, output=10).levels
        loads.append(level.client_load)
    assert loads[0] > 3 * loads[1]


@respx.mock
def test_messages_leave_out_the_query_of_an_address() -> None:
    """A key that stands in an address gets into no message, and so into no sheet."""
    respx.post("http://llm.example/v1/chat/completions").mock(return_value=httpx.Response(404, text="no"))
    question = Question("http://llm.example/v1/chat/completions?key=secret", "m", 10, 5, {})
    assert drive(question, [1], Limits(4, 5, 5), lambda *_: None).problem == (
        "http://llm.example/v1/chat/completions answers 404: no"
    )


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1/chat/completions"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1/chat/completions"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1/chat/completions"),
        ("http://host/api/chat/completions", "http://host/api/chat/completions"),
        ("http://host/v1/completions", "http://host/v1/completions"),
        ("http://host/v1?key=1", "http://host/v1/chat/completions?key=1"),
        ("http://[::1]:8000", "http://[::1]:8000/v1/chat/completions"),
    ],
)
def test_an_address_is_taken_as_typed_or_completed(typed: str, used: str) -> None:
    """An endpoint is used as it is; a base gets the usual path."""
    assert endpoint(typed) == used


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "nonsense",
        "ftp://host",
        "http://",
        "http:///path",
        "http:/host",
        "http://[::1",
        "http://host:99999",
        "http://host:0",
        "http://host:-1",
        "http://host:x",
        "http://xn--/",
        "http://999.999.999.999",
        "http://two words/",
        "http://host\n/",
        "http://a\x1b[31m/",
        "http://\u202ehost/",
        "http://" + "a" * 32_000,
        "http://" + "@" * 32_000,
        "http://name:password@host/v1",
    ],
)
def test_what_is_no_address_is_said(typed: str) -> None:
    """Malformed, endless and unprintable addresses end with a short message before anything is sent."""
    with pytest.raises(LlmcostError) as refused:
        endpoint(typed)
    assert "address" in refused.value.message
    assert "password@" not in refused.value.message
    assert len(refused.value.message) < 500
    assert refused.value.remedy


@pytest.mark.parametrize("tokens", [1, 50, 1000])
def test_a_prompt_has_about_so_many_words(tokens: int) -> None:
    """One word a token, and the opening beside them."""
    words = Question("", "m", tokens, 10, {}).words
    assert abs(len(prompt(words, "ab12").split()) - max(tokens, 10)) <= 16


# The command


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "llmcost", "measure", *arguments]


ASK = ("--model", "Example/Pebble-8B", "--input", "100", "--output", "30")
STATED = ("--precision", "fp8", "--engine", "vllm", "--as", "qwen3-8b", "--accelerator", "h100")


def test_an_estimate_becomes_a_measurement_in_one_command(tmp_path: Path, llmcost: Run) -> None:
    """What measure writes is a sound sheet, and estimates then rest on it."""
    sheet = tmp_path / "mine.yaml"
    with serving(0.1, 0.01) as server:  # slow enough that a busy machine does not change it much
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "4", "-o", str(sheet))
    assert (ran.code, ran.out) == (0, "")
    assert "4 at once:" in ran.err
    assert llmcost("prices", "validate", str(sheet)).code == 0
    found = predict_throughput("qwen3-8b", "fp8", "h100", 1, 1003, 30, 4, catalogue=load_catalogue(sheet))
    assert found.evidence == "own measurement"
    assert found.output_tokens_per_second == pytest.approx(4 * 30 / (0.1 + 29 * 0.01), rel=0.15)


def test_a_level_in_doubt_is_shown_and_serves_no_estimate(tmp_path: Path, llmcost: Run) -> None:
    """A failed request is said for its level and stands in the sheet; estimates go by the other levels only."""
    sheet = tmp_path / "mine.yaml"
    with serving(0.05, 0.005) as server:
        break_one(server, 70)
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "1,16", "-o", str(sheet))
    assert ran.code == 0, ran.err
    assert "16 at once is a lower bound: 1 of 64 requests failed" in ran.err
    assert sheet.read_text(encoding="utf-8").count("doubt: ") == 1
    assert 'doubt: "a lower bound: 1 of 64 requests failed' in sheet.read_text(encoding="utf-8")
    assert llmcost("prices", "validate", str(sheet)).code == 0
    catalogue = load_catalogue(sheet)
    found = [
        predict_throughput("qwen3-8b", "fp8", "h100", 1, 1003, 30, at, catalogue=catalogue).evidence for at in (1, 16)
    ]
    assert found == ["own measurement", "scaled measurement"]


def test_what_a_server_says_cannot_spoil_the_sheet(tmp_path: Path, llmcost: Run) -> None:
    """Control characters and endless texts in the message of a failure stay out of the sheet."""
    sheet = tmp_path / "mine.yaml"
    with serving(0.01, 0.001) as server:
        break_one(server, 40, "rude")
        llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "16", "-o", str(sheet))
    assert "reports an error: ?[31m???xxx" in sheet.read_text(encoding="utf-8")
    assert llmcost("prices", "validate", str(sheet)).code == 0


def test_an_unknown_model_is_answered_with_the_nearest(llmcost: Run) -> None:
    """The note names a few models, not all of them."""
    with serving(0.01, 0.001) as server:
        ran = llmcost("measure", server.url, "-m", "zzz/Xyzzy", "--output", "5", "--concurrency", "1")
    assert ran.code == 0
    note = next(line for line in ran.err.splitlines() if "Xyzzy" in line)
    assert "serves no estimate until it is named; the nearest of " in note
    assert len(note) < 300


def test_an_answer_in_one_piece_has_no_time_between_tokens(tmp_path: Path, llmcost: Run) -> None:
    """A server that sends whole answers is measured by its rate; the sheet says `-` and is sound."""
    sheet = tmp_path / "mine.yaml"
    with serving(manner="one-piece") as server:
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "2", "-o", str(sheet))
    assert ran.code == 0, ran.err
    point = next(line for line in sheet.read_text(encoding="utf-8").splitlines() if line.startswith("      - 2 "))
    assert point.split()[3] == "-"
    assert llmcost("prices", "validate", str(sheet)).code == 0


def test_short_answers_are_said(llmcost: Run) -> None:
    """A server that stops early is measured at the lengths that came, and the note says so."""
    with serving(0.01, 0.001, "short") as server:
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "2")
    assert ran.code == 0
    assert "output_tokens: 4\n" in ran.out
    assert "answers had 4 tokens on average, not the 30 asked for" in ran.err


def test_prompts_of_another_length_are_said(llmcost: Run) -> None:
    """A server that counts 1,003 tokens whatever is sent is measured at that length, and the note says so."""
    with serving(0.01, 0.001) as server:
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "1")
    assert "prompts had 1003 tokens on average, not the 100 asked for" in ran.err


def test_how_the_server_had_to_be_asked_is_said_and_kept(llmcost: Run) -> None:
    """A refused ignore_eos and a server without usage stand in a note on the terminal and in the sheet."""
    with serving(0.01, 0.001, "no-usage") as server:
        refuse(server, 422, "Unexpected keys: ignore_eos", lambda payload: "ignore_eos" in payload)
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "1")
    assert ran.code == 0
    for note in ("the server gives no usage", "the server refuses ignore_eos and was asked without it"):
        assert f"note: {note}" in ran.err
        assert note in next(line for line in ran.out.splitlines() if line.startswith("    note: "))


def test_a_failure_keeps_the_sheet_and_ends_with_2(tmp_path: Path, llmcost: Run) -> None:
    """The finished level is written; the message says what happened and how many are kept."""
    with serving(0.01, 0.001, "fails-from-30") as server:
        ran = llmcost("measure", server.url, *ASK, *STATED, "--concurrency", "1,16")
    assert ran.code == 2
    assert ran.out.count("      - 1 ") == 1
    assert "1 of 2 levels were finished and are kept" in ran.err


def test_interrupting_keeps_what_was_measured(interruptible: None) -> None:
    """Ctrl-C ends with 130, and the levels that were finished are on stdout."""
    with serving(0.05, 0.005) as server:
        arguments = command(server.url, *ASK, "--concurrency", "1,2", "--max-requests", "2000")
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        deadline = time.monotonic() + 20
        while len(server.asked) < 8 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "      - 1 " in out
    assert "interrupted" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "measure needs an address"),
        (("http://localhost:1/v1", "--from", "x.json"), "measure needs an address"),
        (("http://localhost:1/v1",), "which model is measured"),
        (("http://localhost:1/v1", "-m", "m", "--concurrency", "1,x"), '--concurrency: "x" is not a number'),
        (("http://localhost:1/v1", "-m", "m", "--concurrency", "0"), "--concurrency: 0 makes no sense"),
        (("http://localhost:1/v1", "-m", "m", "--output", "0"), "--output: 0 makes no sense"),
        (("http://localhost:1/v1", "-m", "m", "--input", "1T"), "--input: "),
        (("http://localhost:1/v1", "-m", "m", "--input", "1000B"), "--input: 1000B makes no sense"),
        (("http://localhost:1/v1", "-m", "m", "--stall", "1000B"), "--stall: 1000B makes no sense"),
        (("http://localhost:1/v1", "-m", "m", "--count", "1000B"), "--count: 1000B makes no sense"),
        (("http://localhost:1/v1", "-m", "m", "--accelerator", "h1000"), 'unknown accelerator "h1000"'),
        (("http://localhost:1/v1", "-m", "m", "--precision", "int3"), '"int3" is not a precision'),
        (("http://localhost:1/v1", "-m", "m", "--api-key-env", "NO_SUCH_KEY"), "NO_SUCH_KEY holds no key"),
        (("http://localhost:1/v1", "-m", "two words"), '"two words" cannot name a model'),
        (("nonsense", "-m", "m"), "is not an address"),
        (("http://localhost:1/v1", "-m", "m", "--engine", "warp"), '--engine: "warp" is not known'),
        (("http://localhost:1/v1", "-m", "m", "--tensor-parallel", "3", "--count", "2"), "3 does not divide --count 2"),
    ],
)
def test_a_slip_is_said_before_anything_is_sent(llmcost: Run, arguments: tuple[str, ...], message: str) -> None:
    """Bad options end with 2, nothing on stdout."""
    ran = llmcost("measure", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_what_the_server_does_not_say_is_asked_for(llmcost: Run, tmp_path: Path) -> None:
    """Without accelerator and precision the curve is written, and the note says what is missing."""
    sheet = tmp_path / "mine.yaml"
    with serving(0.01, 0.001) as server:
        ran = llmcost("measure", server.url, *ASK, "--concurrency", "1", "-o", str(sheet))
    assert ran.code == 0
    assert "only with --accelerator and --precision" in ran.err
    assert llmcost("prices", "validate", str(sheet), str(SMALL)).code == 0
