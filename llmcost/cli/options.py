"""The options that commands share, each declared once and handed to a command as one value.

``with_options`` gives a command function the options of some of these classes as its own.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, get_type_hints

import typer
import typer.models

from llmcost.cli import completion as complete
from llmcost.cli.output_file import format_of
from llmcost.errors import LlmcostError

Text = str | None
WorkloadName = Annotated[
    Text,
    typer.Argument(
        metavar="WORKLOAD",
        help="A workload file, a ready-made one such as chat-support, or - for stdin.",
        autocompletion=complete.workloads,
    ),
]
CurrencyCode = Annotated[Text, typer.Option(metavar="CODE", help="Convert every cost to this currency.")]
Supposed = Annotated[
    list[str] | None,
    typer.Option(metavar="WHAT", help="Suppose other prices, such as 'alibaba api +34%' (repeat)."),
]
OutputFile = Annotated[
    Text, typer.Option("-o", "--output-file", metavar="FILE", help="Write to this file; - is stdout.")
]
Wide = Annotated[bool, typer.Option("--wide", help="Of csv, tsv and markdown: a row for each charge.")]


def _many() -> list[str]:
    return []


@dataclass
class WorkloadOptions:
    """What a request holds and how many there are."""

    requests: Annotated[Text, typer.Option(metavar="N", help="Requests per month, such as 1M, 30k/day or 2k/hour.")] = (
        None
    )
    input: Annotated[
        Text,
        typer.Option("--input", metavar="N", help="Input tokens per request, cached ones included; or p50=3k,p95=60k."),
    ] = None
    output: Annotated[
        Text, typer.Option("--output", metavar="N", help="Output tokens per request, reasoning included.")
    ] = None
    cache_read: Annotated[
        Text, typer.Option(metavar="N|PCT", help="Input tokens read from cache, or a percentage of the input.")
    ] = None
    cache_write: Annotated[
        Text, typer.Option(metavar="N|PCT", help="Input tokens written to cache, or a percentage of the input.")
    ] = None
    cache_write_1h: Annotated[
        Text,
        typer.Option(
            "--cache-write-1h", metavar="N|PCT", help="Of the written tokens, those kept for an hour, or a percentage."
        ),
    ] = None
    reasoning: Annotated[
        Text, typer.Option(metavar="N|PCT", help="Reasoning tokens, or a percentage of the output.")
    ] = None
    audio_in: Annotated[Text, typer.Option(metavar="N|PCT", help="Audio tokens in, or a percentage of the input.")] = (
        None
    )
    audio_out: Annotated[
        Text, typer.Option(metavar="N|PCT", help="Audio tokens out, or a percentage of the output.")
    ] = None
    image_in: Annotated[Text, typer.Option(metavar="N|PCT", help="Image tokens in, or a percentage of the input.")] = (
        None
    )
    video_in: Annotated[Text, typer.Option(metavar="N|PCT", help="Video tokens in, or a percentage of the input.")] = (
        None
    )
    web_searches: Annotated[Text, typer.Option(metavar="N", help="Web searches per request.")] = None
    images: Annotated[Text, typer.Option(metavar="N", help="Images per request; see --image-size.")] = None
    image_size: Annotated[Text, typer.Option(metavar="WxH", help="Size of an image, such as 1920x1080.")] = None
    audio_seconds: Annotated[Text, typer.Option(metavar="N", help="Seconds of sound in.")] = None
    audio_out_seconds: Annotated[Text, typer.Option(metavar="N", help="Seconds of speech out.")] = None
    video_seconds: Annotated[Text, typer.Option(metavar="N", help="Seconds of video in, with its sound.")] = None
    video_size: Annotated[Text, typer.Option(metavar="WxH", help="Size of the video, such as 1920x1080.")] = None
    text: Annotated[
        Text,
        typer.Option(
            metavar="FILE", help="The text of one request, or - for stdin; its tokens are estimated for each model."
        ),
    ] = None
    language: Annotated[Text, typer.Option(metavar="NAME", help="Language of --text: en, zh or code.")] = None
    cache_hit_rate: Annotated[
        Text, typer.Option(metavar="PCT", help="How often the input is found where a seller caches it.")
    ] = None
    batch: Annotated[
        Text, typer.Option(metavar="PCT", help="Share of requests sent as batch, such as 30%, where it is sold.")
    ] = None
    cache: Annotated[Text, typer.Option(metavar="POLICY", help="Cache policy: automatic, explicit or none.")] = None
    thinking: Annotated[
        bool | None, typer.Option("--thinking/--no-thinking", help="Thinking mode, where the price depends on it.")
    ] = None
    option: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=VALUE", help="A setting that changes the price, such as search_context=high (repeat)."
        ),
    ] = field(default_factory=_many)


@dataclass
class ServingOptions:
    """How a self-hosted offer is run."""

    peak_to_mean: Annotated[
        Text, typer.Option("--peak-to-mean", metavar="N", help="The busiest hour against the mean one, for sizing.")
    ] = None
    tpot: Annotated[
        Text, typer.Option(metavar="TIME", help="Most time between two tokens, such as 50ms (self-hosting).")
    ] = None
    ttft: Annotated[
        Text, typer.Option(metavar="TIME", help="Most time to the first token, such as 2s (self-hosting).")
    ] = None
    headroom: Annotated[Text, typer.Option(metavar="PCT", help="Capacity kept above the peak (self-hosting).")] = None
    spares: Annotated[Text, typer.Option(metavar="N", help="Replicas that stand by (self-hosting).")] = None
    max_batch: Annotated[
        Text, typer.Option(metavar="N", help="The engine's own limit of requests under way (self-hosting).")
    ] = None
    engine: Annotated[
        Text, typer.Option(metavar="NAME", help="Use measurements of this engine only (self-hosting).")
    ] = None
    staff: Annotated[Text, typer.Option(metavar="PRICE", help="People, such as '4000 USD / month' (self-hosting).")] = (
        None
    )


@dataclass
class SelectionOptions:
    """Which offers are meant."""

    model: Annotated[
        list[str],
        typer.Option(
            "-m",
            "--model",
            metavar="OFFER",
            help="An offer: [seller/]model[@place][+terms] (repeat; * is a wildcard).",
            autocompletion=complete.offers,
        ),
    ] = field(default_factory=_many)
    all: Annotated[bool, typer.Option("--all", help="Every offer on standard terms, at every place.")] = False
    seller: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="Only offers of this seller (repeat).", autocompletion=complete.sellers),
    ] = field(default_factory=_many)
    place: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="Only offers at this place (repeat).", autocompletion=complete.places),
    ] = field(default_factory=_many)
    min_context: Annotated[Text, typer.Option(metavar="N", help="Only offers with at least this context window.")] = (
        None
    )
    modality: Annotated[
        list[str],
        typer.Option(metavar="KIND", help="Only offers that take this kind of content: audio, image, video (repeat)."),
    ] = field(default_factory=_many)

    task: Annotated[
        list[str],
        typer.Option(
            metavar="KIND",
            help="Only offers made for this, such as ocr (repeat); default: as the workload.",
        ),
    ] = field(default_factory=_many)

    @property
    def filtered(self) -> bool:
        """Whether the offers are narrowed down."""
        return bool(self.seller or self.place or self.min_context or self.modality or self.task)

    @property
    def asked(self) -> bool:
        """Whether anything says which offers are meant."""
        return bool(self.model or self.all or self.filtered)


@dataclass
class PriceOptions:
    """Which prices are used."""

    on: Annotated[
        Text,
        typer.Option(envvar="LLMCOST_ON", metavar="DATE", help="Day or instant of the prices (UTC); default: today."),
    ] = None
    prices: Annotated[
        list[str],
        typer.Option(
            metavar="PATH", help="A price sheet or a folder of them, over the built-in ones (repeat; later wins)."
        ),
    ] = field(default_factory=_many)
    no_builtin_prices: Annotated[bool, typer.Option("--no-builtin-prices", help="Use only --prices.")] = False
    discount: Annotated[
        list[str],
        typer.Option(
            metavar="WHAT", help="A negotiated price, such as 'alibaba -15%' or 'qwen3.6-plus input = RATE' (repeat)."
        ),
    ] = field(default_factory=_many)
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Refuse other prices than those of llmcost.lock, and take its day.")
    ] = False
    config: Annotated[
        Text, typer.Option(metavar="FILE", help="The project's config; default: the nearest llmcost.yaml upward.")
    ] = None
    no_config: Annotated[bool, typer.Option("--no-config", help="Leave the project's and your own config alone.")] = (
        False
    )


@dataclass
class OutputOptions:
    """How the result is written."""

    format: Annotated[
        Text,
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="table, markdown, csv, tsv, json, jsonl; others where said. Default: by the ending of -o, else table.",
            autocompletion=complete.formats,
        ),
    ] = None
    output_file: OutputFile = None
    no_header: Annotated[bool, typer.Option("--no-header", help="Leave out the header of csv, tsv and markdown.")] = (
        False
    )
    csv_dialect: Annotated[
        Text,
        typer.Option(
            metavar="NAME",
            help="How csv is written: unix (usual), rfc4180, excel or excel-eu.",
            autocompletion=complete.csv_dialects,
        ),
    ] = None
    color: Annotated[str, typer.Option(metavar="WHEN", help="auto, always or never.")] = "auto"

    @property
    def form(self) -> str:
        """The format, as named or by the ending of the file. Raises LlmcostError where the two do not agree."""
        return format_of(self.format, self.output_file) or "table"


@dataclass
class ReportOptions:
    """How the verdicts of a check are written."""

    format: Annotated[
        Text,
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="text, json, markdown, github, gitlab, junit or sarif. Default: by the ending of -o, else text.",
            autocompletion=complete.check_formats,
        ),
    ] = None
    output_file: OutputFile = None

    @property
    def form(self) -> str:
        """The format, as named or by the ending of the file. Raises LlmcostError where the two do not agree."""
        found = format_of(self.format, self.output_file) or "text"
        return "text" if found == "table" else found  # what people see is called so elsewhere


@functools.cache
def _types(options: type) -> dict[str, Any]:
    """The types of a class's fields, worked out once for all commands that share it."""
    return get_type_hints(options, include_extras=True)


def _shown(parameter: inspect.Parameter) -> str:
    """What a person calls an option or an argument."""
    info = parameter.annotation.__metadata__[0]
    if isinstance(info, typer.models.ArgumentInfo):
        return str(info.metavar)
    long = [name for name in info.param_decls or () if name.startswith("--")]
    return long[0].split("/")[0] if long else f"--{parameter.name.replace('_', '-')}"


def with_options(*classes: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the fields of the classes as options; it is called with one instance of each, by class name."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(command)
        hints = get_type_hints(command, include_extras=True)
        parameters: list[inspect.Parameter] = []
        owners: dict[str, str] = {}
        for name, parameter in own.parameters.items():
            kind = hints[name]
            if kind not in classes:
                parameters.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
                continue
            types = _types(kind)
            for each in dataclasses.fields(kind):
                default = each.default if each.default is not dataclasses.MISSING else []
                owners[each.name] = name
                parameters.append(
                    inspect.Parameter(
                        each.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=types[each.name]
                    )
                )

        by_name = {each.name: each for each in parameters}

        @functools.wraps(command)
        def run(**values: Any) -> Any:
            groups: dict[str, dict[str, Any]] = {name: {} for name in own.parameters if hints[name] in classes}
            rest = {}
            for key, value in values.items():
                if value == "" or (isinstance(value, list) and "" in value):
                    raise LlmcostError(f"{_shown(by_name[key])} has an empty value", "write one, or leave it out")
                if key in owners:
                    groups[owners[key]][key] = value
                else:
                    rest[key] = value
            made = {name: hints[name](**fields) for name, fields in groups.items()}
            return command(**made, **rest)

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate
