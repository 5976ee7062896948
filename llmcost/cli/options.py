"""The options that commands share, each declared once.

Here and in the commands annotations are values, not text: typer reads them in every run, and each text would have to
be compiled again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

import typer

from llmcost.cli import completion as complete
from llmcost.cli.option_groups import TABLE
from llmcost.cli.output_file import format_of
from llmcost.workloads.quantities import QUANTITIES

Text = str | None
WorkloadName = Annotated[
    Text,
    typer.Argument(
        metavar="WORKLOAD",
        help="A workload file, a ready-made one such as chat-support, or - for stdin.",
        autocompletion=complete.workloads,
    ),
]
Verbose = Annotated[bool, typer.Option("-v", "--notes", help="Say all notes, not only a handful.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say no notes.")]
CurrencyCode = Annotated[Text, typer.Option(metavar="CODE", help="Convert every cost to this currency.")]
Supposed = Annotated[
    list[str],
    typer.Option(metavar="WHAT", help="Suppose other prices, such as 'alibaba api +34%' (repeat)."),
]
OutputFile = Annotated[
    Text, typer.Option("-o", "--output-file", metavar="FILE", help="Write to this file; - is stdout.")
]
Wide = Annotated[bool, typer.Option("--wide", help="Of csv, tsv and markdown: a row for each charge.")]
QUANTITY_OPTIONS = {
    each.key: Annotated[
        Text,
        typer.Option(
            each.option,
            metavar=each.metavar,
            help=each.help,
            rich_help_panel="Media" if each.media else "Workload",
        ),
    ]
    for each in QUANTITIES
}


def many() -> list[str]:
    """The default of an option that can be repeated: none."""
    return []


@dataclass(repr=False, eq=False, kw_only=True)
class WorkloadOptions:
    """What a request holds and how many there are.

    ``given`` has a value for each key of ``QUANTITIES``.
    """

    HEADING: ClassVar[str] = "Workload"

    given: dict[str, str | None] = field(default_factory=dict, metadata={TABLE: QUANTITY_OPTIONS})
    text: Annotated[
        Text,
        typer.Option(
            metavar="FILE", help="The text of one request, or - for stdin; its tokens are estimated for each model."
        ),
    ] = None
    language: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="Language of --text: en, zh or code. Of real usage that is moved, some of en, zh, code, json.",
        ),
    ] = field(default_factory=many)
    hours: Annotated[
        Text,
        typer.Option(metavar="HOURS", help="When requests are sent, such as 'mon-fri 18:00-08:00 Europe/Berlin'."),
    ] = None
    thinking: Annotated[
        bool | None, typer.Option("--thinking/--no-thinking", help="Thinking mode, where the price depends on it.")
    ] = None
    option: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=VALUE", help="A setting that changes the price, such as search_context=high (repeat)."
        ),
    ] = field(default_factory=many)


@dataclass(repr=False, eq=False, kw_only=True)
class ServingOptions:
    """How a self-hosted offer is run."""

    HEADING: ClassVar[str] = "Self-hosting"

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
        Text,
        typer.Option(
            metavar="NAME",
            help="Speed of this engine only: vllm, sglang, tensorrt-llm or llama.cpp (self-hosting); of real usage, "
            "duckdb or spark adds it up.",
        ),
    ] = None
    kv_precision: Annotated[
        Text,
        typer.Option(metavar="P", help="Of the cache: bf16 or fp8; the engine's own when left out (self-hosting)."),
    ] = None
    offline: Annotated[
        bool | None,
        typer.Option("--offline", help="Nobody waits: no target, headroom or spare, an even load (self-hosting)."),
    ] = None
    speculative: Annotated[
        Text,
        typer.Option(metavar="N[:T]", help="Guess N tokens a step, of which it gives T if you know (self-hosting)."),
    ] = None
    disaggregated: Annotated[
        bool | None,
        typer.Option(
            "--disaggregated",
            help="Read prompts on other accelerators than answer, where that was measured (self-hosting).",
        ),
    ] = None
    tensor_parallel: Annotated[
        Text, typer.Option(metavar="N", help="Accelerators that share each layer of a replica (self-hosting).")
    ] = None
    data_parallel: Annotated[
        Text, typer.Option(metavar="N", help="Groups of them beside each other in a replica (self-hosting).")
    ] = None
    expert_parallel: Annotated[
        Text, typer.Option(metavar="N", help="Use measurements whose experts are spread over N (self-hosting).")
    ] = None
    interruptions: Annotated[
        Text,
        typer.Option(metavar="N", help="How often a spot server is taken back, such as 8/month (self-hosting)."),
    ] = None
    staff: Annotated[Text, typer.Option(metavar="PRICE", help="People, such as '4000 USD / month' (self-hosting).")] = (
        None
    )


@dataclass(repr=False, eq=False, kw_only=True)
class SelectionOptions:
    """Which offers are meant."""

    HEADING: ClassVar[str] = "Offers"

    model: Annotated[
        list[str],
        typer.Option(
            "-m",
            "--model",
            metavar="OFFER",
            help="An offer: [seller/]model[@place][+terms] (repeat; * is a wildcard).",
            autocompletion=complete.offers,
        ),
    ] = field(default_factory=many)
    all: Annotated[
        bool,
        typer.Option(
            "--all", help="Every offer on standard terms, at every place, whose price more than one source has."
        ),
    ] = False
    third_party: Annotated[
        bool, typer.Option("--third-party", help="Also offers that only public price tables state.")
    ] = False
    seller: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="Only offers of this seller (repeat).", autocompletion=complete.sellers),
    ] = field(default_factory=many)
    place: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="Only offers at this place (repeat).", autocompletion=complete.places),
    ] = field(default_factory=many)
    min_context: Annotated[Text, typer.Option(metavar="N", help="Only offers with at least this context window.")] = (
        None
    )
    modality: Annotated[
        list[str],
        typer.Option(metavar="KIND", help="Only offers that take this kind of content: audio, image, video (repeat)."),
    ] = field(default_factory=many)

    task: Annotated[
        list[str],
        typer.Option(
            metavar="KIND",
            help="Only offers made for this, such as ocr (repeat); default: as the workload.",
        ),
    ] = field(default_factory=many)

    terms: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="Beside standard terms also these, such as batch, where they are sold; or all (repeat).",
        ),
    ] = field(default_factory=many)

    caching: Annotated[
        list[str],
        typer.Option(
            metavar="KIND",
            help="Each offer by this kind of cache: automatic, explicit, session or none; or all (repeat).",
        ),
    ] = field(default_factory=many)

    @property
    def filtered(self) -> bool:
        """Whether the offers are narrowed down."""
        return bool(self.seller or self.place or self.min_context or self.modality or self.task)

    @property
    def asked(self) -> bool:
        """Whether anything says which offers are meant."""
        return bool(self.model or self.all or self.third_party or self.filtered)

    def over(self, models: Sequence[str]) -> "SelectionOptions":
        """The options with models that were settled elsewhere, () for none."""
        return replace(self, model=list(models)) if models else self


@dataclass(repr=False, eq=False, kw_only=True)
class PriceOptions:
    """Which prices are used."""

    HEADING: ClassVar[str] = "Prices"

    on: Annotated[
        Text,
        typer.Option(envvar="LLMCOST_ON", metavar="DATE", help="Day or instant of the prices (UTC); default: today."),
    ] = None
    prices: Annotated[
        list[str],
        typer.Option(
            metavar="PATH", help="A price sheet or a folder of them, over the built-in ones (repeat; later wins)."
        ),
    ] = field(default_factory=many)
    no_builtin_prices: Annotated[bool, typer.Option("--no-builtin-prices", help="Use only --prices.")] = False
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Refuse other prices than those of llmcost.lock, and take its day.")
    ] = False
    config: Annotated[
        Text, typer.Option(metavar="FILE", help="The project's config; default: the nearest llmcost.yaml upward.")
    ] = None
    no_config: Annotated[bool, typer.Option("--no-config", help="Leave the project's and your own config alone.")] = (
        False
    )


@dataclass(repr=False, eq=False, kw_only=True)
class AgreedPriceOptions(PriceOptions):
    """Which prices are used, and what was agreed on beside the list."""

    discount: Annotated[
        list[str],
        typer.Option(
            metavar="WHAT",
            help="A negotiated price, such as 'alibaba -15%' or 'qwen3.6-plus input = RATE'; 'google allowances' "
            "counts what is free or cheaper by volume (repeat).",
        ),
    ] = field(default_factory=many)


@dataclass(repr=False, eq=False, kw_only=True)
class OutputOptions:
    """How the result is written."""

    HEADING: ClassVar[str] = "Output"

    format: Annotated[
        Text,
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="table, markdown, csv, tsv, json, jsonl, html; others where said. Default: by -o FILE, else table.",
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
    verbose: Verbose = False
    quiet: Quiet = False

    @property
    def form(self) -> str:
        """The format, as named or by the ending of the file. Raises LlmcostError where the two do not agree."""
        return format_of(self.format, self.output_file) or "table"


@dataclass(repr=False, eq=False, kw_only=True)
class ReportOptions:
    """How the verdicts of a check are written."""

    HEADING: ClassVar[str] = "Output"

    format: Annotated[
        Text,
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="text, json, markdown, html, github, gitlab, junit or sarif. Default: by -o FILE, else text.",
            autocompletion=complete.check_formats,
        ),
    ] = None
    output_file: OutputFile = None
    verbose: Verbose = False
    quiet: Quiet = False

    @property
    def form(self) -> str:
        """The format, as named or by the ending of the file. Raises LlmcostError where the two do not agree."""
        found = format_of(self.format, self.output_file) or "text"
        return "text" if found == "table" else found  # what people see is called so elsewhere
