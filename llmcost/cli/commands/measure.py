"""``llmcost measure``: the speed of a server of your own, as a sheet that estimates then rest on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated

import typer

from llmcost.cli.console import say, show_progress, write
from llmcost.cli.inputs.curves import NO_USAGE, curves_of_files, curves_of_levels, known_model
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import OutputFile, Text
from llmcost.core.offers.self_hosting.precisions import parse_precision
from llmcost.core.values.numerals import parse_whole
from llmcost.core.workload.serving import ENGINES
from llmcost.errors import LlmcostError, at_flag
from llmcost.measuring.sheet import MeasuredCurve, ServerFacts, measurements_sheet
from llmcost.sheets.load import load_prices

if TYPE_CHECKING:
    from llmcost.measuring.load_test import Level, LoadTest

USUAL_LEVELS = ("1", "4", "16", "64")
"""How many requests are under way at once where nobody says."""
MOST_ACCELERATORS = 4096
MOST_CONCURRENCY = 4096
MOST_SECONDS = 3600
FULL = 0.9
"""Part of the length asked for below which answers count as short."""
NEAR = 0.1
"""Part of the length asked for by which prompts may differ from it without a word."""


@dataclass(repr=False, eq=False, kw_only=True)
class ServerOptions:
    """What the server is, which it does not say of itself, and how its curve is kept."""

    as_: Annotated[
        Text,
        typer.Option("--as", metavar="MODEL", help="The open-weight model it is, when it is served by another name."),
    ] = None
    accelerator: Annotated[Text, typer.Option(metavar="ID", help="What it runs on, such as h100.")] = None
    count: Annotated[
        Text, typer.Option(metavar="N", help="How many accelerators the server uses; 1 where nothing says it.")
    ] = None
    precision: Annotated[Text, typer.Option(metavar="P", help="Of its weights: bf16, fp8, fp4 or int4.")] = None
    engine: Annotated[Text, typer.Option(metavar="NAME", help="vllm, sglang or tensorrt-llm.")] = None
    engine_version: Annotated[Text, typer.Option(metavar="V", help="The engine's version.")] = None
    tensor_parallel: Annotated[Text, typer.Option(metavar="N", help="Its tensor parallelism.")] = None


@dataclass(repr=False, eq=False, kw_only=True)
class LoadOptions:
    """What is sent to the server, and when to stop."""

    model: Annotated[Text, typer.Option("-m", "--model", metavar="M", help="The model's name as it is served.")] = None
    concurrency: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N,N",
            help=f"How many requests are under way at once, level by level; default: {','.join(USUAL_LEVELS)}.",
        ),
    ] = None
    input_tokens: Annotated[str, typer.Option("--input", metavar="N", help="Tokens of a prompt, about.")] = "1000"
    output_tokens: Annotated[str, typer.Option("--output", metavar="N", help="Tokens of an answer.")] = "200"
    max_requests: Annotated[
        Text,
        typer.Option(
            metavar="N", help="At most so many requests a level; fewer than 4 for each at once leave it in doubt."
        ),
    ] = None
    max_seconds: Annotated[str, typer.Option(metavar="N", help="At most so many seconds a level.")] = "120"
    stall: Annotated[str, typer.Option(metavar="N", help="Seconds without a byte that end a request.")] = "60"
    ignore_eos: Annotated[
        bool,
        typer.Option("--ignore-eos/--no-ignore-eos", help="Ask for answers of full length, as vLLM and SGLang can."),
    ] = True
    api_key_env: Annotated[
        Text,
        typer.Option(metavar="NAME", help="The environment variable that holds the key; it is never stored."),
    ] = None


@with_options(LoadOptions, ServerOptions)
def measure(
    load: LoadOptions,
    server: ServerOptions,
    url: Annotated[
        str | None,
        typer.Argument(metavar="URL", help="An OpenAI-compatible address, such as http://localhost:8000/v1."),
    ] = None,
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Read what vLLM's, SGLang's or TensorRT-LLM's benchmark, GuideLLM or AIPerf saved instead (repeat).",
        ),
    ] = None,
    output_file: OutputFile = None,
) -> int:
    """Measure your own server, or read what a benchmark saved, into a sheet that estimates rest on."""
    facts = _facts(server, None if from_ else 1)
    if (url is None) == (not from_):
        raise LlmcostError(
            "measure needs an address, or files with --from", "write: llmcost measure http://localhost:8000/v1 -m MODEL"
        )
    if from_:
        _refuse_load(load)
        curves = curves_of_files(from_, facts)
        write(measurements_sheet(curves), output_file)
        _say_missing(curves)
        return 0
    return _measure(str(url), load, facts, output_file)


def _refuse_load(load: LoadOptions) -> None:
    """Raise LlmcostError where it is said what to send, though a file says what was sent."""
    usual = LoadOptions()
    given = [each.name for each in fields(load) if getattr(load, each.name) != getattr(usual, each.name)]
    if given:
        flag = FLAGS.get(given[0], "--" + given[0].replace("_", "-"))
        raise LlmcostError(f"{flag} has no effect with --from", "leave it out: the files say what was sent")


FLAGS = {"input_tokens": "--input", "output_tokens": "--output", "ignore_eos": "--no-ignore-eos"}
"""What options are called whose fields have another name."""


def _facts(server: ServerOptions, count: int | None) -> ServerFacts:
    """What the options say of the server, which uses ``count`` accelerators where they do not say it.

    Raises LlmcostError for what no estimate knows.
    """
    facts = ServerFacts(
        name=server.as_,
        accelerator=server.accelerator,
        accelerators=count if server.count is None else _whole("--count", server.count, MOST_ACCELERATORS),
        precision=None if server.precision is None else parse_precision(server.precision),
        engine=server.engine,
        engine_version=server.engine_version,
        tensor_parallel=None if server.tensor_parallel is None else _whole("--tensor-parallel", server.tensor_parallel),
    )
    _check(facts)
    if facts.accelerator is None:
        return facts
    return facts._replace(accelerator=load_prices().catalogue.self_hosting.accelerator(facts.accelerator).id)


def _measure(url: str, load: LoadOptions, facts: ServerFacts, output_file: str | None) -> int:
    """Drive the server level by level, write the curve, and say what came of it; the exit code."""
    if load.model is None:
        raise LlmcostError("nothing says which model is measured", "give the name it is served by with --model")
    from llmcost.measuring.endpoint import MOST_TOKENS, Question, endpoint
    from llmcost.measuring.load_test import Limits, drive

    levels = sorted(
        {
            _whole("--concurrency", each, MOST_CONCURRENCY)
            for each in ",".join(load.concurrency or USUAL_LEVELS).split(",")
        }
    )
    limits = Limits(
        None if load.max_requests is None else _whole("--max-requests", load.max_requests),
        _whole("--max-seconds", load.max_seconds, MOST_SECONDS),
        _whole("--stall", load.stall, MOST_SECONDS),
    )
    prompt = _whole("--input", load.input_tokens, MOST_TOKENS)
    answer = _whole("--output", load.output_tokens, MOST_TOKENS)
    question = Question(endpoint(url), load.model, prompt, answer, _key(load.api_key_env), load.ignore_eos)
    facts = facts._replace(name=known_model(facts.name or load.model))
    found = drive(question, levels, limits, _progress())
    show_progress("")
    curves = curves_of_levels(found.levels, facts, prompt, "; ".join(found.notes) or None)
    if curves:
        write(measurements_sheet(curves), output_file)
    _say_levels(found.levels)
    _say_lengths(found, prompt, answer)
    if found.problem is None:
        _say_missing(curves)
    return _ending(found, len(levels))


def _say_levels(levels: Sequence[Level]) -> None:
    for each in levels:
        say(
            f"{each.concurrency} at once: {each.tokens_per_second:,.1f} output tokens/s, "
            f"{each.ttft * 1000:,.0f} ms to the first, "
            + ("" if each.tpot is None else f"{each.tpot * 1000:,.1f} ms a token, ")
            + f"{each.requests} requests, {each.failed} failed"
        )
        if each.doubt is not None:
            say(f"note: {each.concurrency} at once is {each.doubt}; it is only shown, and serves no estimate")


def _say_lengths(found: LoadTest, prompt: int, answer: int) -> None:
    """Say how the server had to be asked, and where prompts and answers are not as long as asked for."""
    for note in found.notes:
        say(f"note: {note}")
    levels = found.levels
    if not levels:
        return
    read = [each.input_tokens for each in levels if each.input_tokens is not None]
    if len(read) < len(levels):
        say(f"note: {NO_USAGE}")
    elif abs(sum(read) / len(read) - prompt) > NEAR * prompt:
        _say_length("prompts", sum(read) / len(read), prompt)
    mean = sum(each.output_tokens for each in levels) / len(levels)
    if mean < FULL * answer:
        _say_length("answers", mean, answer)


def _say_length(what: str, mean: float, asked: int) -> None:
    say(
        f"note: {what} had {mean:.4g} tokens on average, not the {asked} asked for; "
        "the curve serves estimates of such lengths"
    )


def _ending(found: LoadTest, wanted: int) -> int:
    """The exit code; why the run ended early is said."""
    from llmcost.measuring.load_test import INTERRUPTED

    if found.problem == INTERRUPTED:
        say("llmcost: interrupted; the levels that were finished are kept" if found.levels else "llmcost: interrupted")
        return 130
    if found.problem is not None:
        kept = f"\n  {len(found.levels)} of {wanted} levels were finished and are kept" if found.levels else ""
        say(f"llmcost: {found.problem}" + (f"\n  {found.remedy}" if found.remedy else "") + kept)
        return 2
    return 0


def _check(stated: ServerFacts) -> None:
    """Raise LlmcostError for an engine that no estimate knows, and for a count that is not cut evenly."""
    if stated.engine not in (None, *ENGINES):
        raise LlmcostError(f'--engine: "{stated.engine}" is not known', f"write one of: {', '.join(ENGINES)}")
    if stated.tensor_parallel and stated.accelerators and stated.accelerators % stated.tensor_parallel:
        message = f"--tensor-parallel {stated.tensor_parallel} does not divide --count {stated.accelerators}"
        raise LlmcostError(message, "check both")


def _say_missing(curves: Sequence[MeasuredCurve]) -> None:
    facts = {
        "--accelerator": [each.server.accelerator for each in curves],
        "--precision": [each.server.precision for each in curves],
    }
    missing = [flag for flag, values in facts.items() if not all(values)]
    if missing:
        say(f"note: nothing says what the server runs on; estimates use the curve only with {' and '.join(missing)}")


def _key(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    key = os.environ.get(name, "")
    if not key or not key.isascii() or not key.isprintable():
        raise LlmcostError(
            f"--api-key-env: {name} holds no key", "set that environment variable, and give its name only"
        )
    return {"authorization": f"Bearer {key}"}


def _whole(flag: str, text: str, most: int | None = None) -> int:
    with at_flag(flag):
        number = parse_whole(text.strip())
    if not number or (most is not None and number > most):
        raise LlmcostError(f"{flag}: {text} makes no sense", f"write a number from 1{f' to {most}' if most else ' up'}")
    return number


def _progress() -> Callable[[int, int, int, float], None]:
    """Says how far a level is."""

    def told(concurrency: int, done: int, wanted: int, rate: float) -> None:
        show_progress(f"{concurrency} at once: {done}/{wanted} requests, {rate:,.0f} tokens/s")

    return told
