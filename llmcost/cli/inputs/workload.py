"""From options to a workload: flags, files and ready-made ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmcost.cli.inputs.piped import piped
from llmcost.cli.options import ServingOptions, WorkloadOptions
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import shown
from llmcost.errors import LlmcostError, NumberError
from llmcost.files.fields import Fields
from llmcost.sheets.load import builtin_folder
from llmcost.workloads.request_class import build_group, parse_requests

if TYPE_CHECKING:
    from llmcost.core.workload.text import Text

BESIDES = frozenset(("requests", "batch", "mode", "cache", "cache_hit_rate"))
"""Values of a class that do not say what a request holds."""
Source = Callable[[Mapping[str, str]], Workload]
"""Makes the workload, with some values of its classes replaced."""


def ask_workload(
    options: WorkloadOptions,
    catalogue: Catalogue,
    given: str | None = None,
    single: bool = False,
    serving: ServingOptions | None = None,
) -> tuple[Workload, list[str]]:
    """The workload and what is to be said about it; ``given`` names a file, ``single`` asks for one request."""
    made, said = as_asked(workload_source(options, catalogue, given, single, serving), options, given)
    return made, [*said, *(_parts(made) if single else [])]


def as_asked(source: Source, options: WorkloadOptions, given: str | None) -> tuple[Workload, list[str]]:
    """The workload with nothing moved, and what is to be said about it."""
    values = workload_values(options)
    made = source({})
    said = [f"{_spoken(key, value)} overrides the workload file" for key, value in values.items()] if given else []
    if given and "requests" in values and any(each.content and each.content.conversation for each in made.groups):
        said.append(f"--requests {values['requests']} is taken as sessions, each of many requests")
    return made, [*said, *_unsaid(made)]


def _spoken(key: str, value: Any) -> str:
    """A flag with its value, as it may be written."""
    if key == "mode":
        return "--thinking" if value == "thinking" else "--no-thinking"
    if key == "video":
        return " ".join(f"{_flag(f'video.{part}')} {text}" for part, text in value.items())
    if isinstance(value, Mapping):
        return f"{_flag(key)} {','.join(f'{name}={size}' for name, size in value.items())}"
    return f"{_flag(key)} {value}"


def _parts(workload: Workload) -> list[str]:
    """What is said of a part of a token where one request is meant, which may be a slip for thousands."""
    usages = [group.usage for group in workload.groups]
    parts = [each for usage in usages for each in (usage.input_tokens, usage.output_tokens) if each.denominator != 1]
    return [f"{shown(parts[0])} tokens are taken as the mean of several requests"] if parts else []


def _unsaid(workload: Workload) -> list[str]:
    """The classes of which only one side is said, which may be a slip."""
    said = []
    for group in workload.groups:
        usage = group.usage
        if group.in_tokens and not usage.counts and bool(usage.input_tokens) != bool(usage.output_tokens):
            side = "output" if usage.input_tokens else "input"
            which = f"{group.name}: " if len(workload.groups) > 1 else ""
            said.append(f"{which}no {side} tokens are given, so none are priced")
    return said


def workload_source(
    options: WorkloadOptions,
    catalogue: Catalogue,
    given: str | None = None,
    single: bool = False,
    serving: ServingOptions | None = None,
) -> Source:
    """A way to make the workload that is asked for, so that one of its values can be moved."""
    source = _request_source(options, catalogue, given, single)
    asked = {key: value for key, value in vars(serving).items() if value is not None} if serving is not None else {}
    if not asked:
        return source
    peak = asked.pop("peak_to_mean", None)
    from llmcost.workloads.serving import parse_peak, read_serving  # imported late: only self-hosting needs it

    fields = Fields({**asked, "peak_to_mean": peak} if peak is not None else asked, _flag_fault)
    ratio, run = fields.read("peak_to_mean", parse_peak), read_serving(fields)

    def made(changed: Mapping[str, str]) -> Workload:
        workload = source(changed)
        ratio_here = workload.peak_to_mean if ratio is None else ratio
        return replace(workload, peak_to_mean=ratio_here, serving=replace(workload.serving, **run))

    return made


def _request_source(options: WorkloadOptions, catalogue: Catalogue, given: str | None, single: bool) -> Source:
    values = workload_values(options)
    settings = dict(_setting(text) for text in options.option)
    if given is not None:
        if settings:
            raise LlmcostError("--option does not go with a workload file", "write `options:` in its classes")
        if options.text is not None:
            raise LlmcostError("--text does not go with a workload file", "write `input_text:` in its classes")
        return _file_source(given, values, catalogue)
    if options.image_size is not None and options.images is None:
        raise LlmcostError("--image-size says nothing without images", "give their number with --images")
    if options.language is not None and options.text is None:
        raise LlmcostError("--language says nothing without a text", "give the text's file with --text")
    if "requests" not in values and not single:
        if not values.keys() - BESIDES and options.text is None:
            raise holds_nothing()
        raise LlmcostError("nothing says how many requests a month", "give --requests, such as --requests 1M")
    text = _text(options, catalogue) if options.text is not None else None

    def made(changed: Mapping[str, str]) -> Workload:
        now: dict[str, Any] = {**values, **changed}
        try:
            requests = parse_requests(now.pop("requests", "1"))
        except NumberError as error:
            raise LlmcostError(f"--requests: {error.message}", error.remedy) from None
        terms = {"batch": now.pop("batch")} if "batch" in now else {}
        group = build_group(Fields(now, _flag_fault), requests=requests, terms=terms, options=settings)
        if text is not None:
            from llmcost.core.workload.content import Content  # imported late: only a text needs it

            group = replace(group, content=replace(group.content or Content(), input_text=text))
        return Workload((group,), "request" if single else "workload")

    return made


def holds_nothing() -> LlmcostError:
    """What is said where nobody says what is sent."""
    remedy = "give at least --input and --output, such as --input 2000 --output 500, or a workload file"
    also = "one takes pages and characters too"
    return LlmcostError("nothing says what a request holds", f"{remedy}; {also}")


def _file_source(given: str, values: Mapping[str, Any], catalogue: Catalogue) -> Source:
    from llmcost.workloads.file import read_document, workload_of  # imported late: only files need yaml
    from llmcost.workloads.presets import workload_path

    path = workload_path(given, builtin_folder())
    document = read_document(path, piped() if path == "-" else None)

    def made(changed: Mapping[str, str]) -> Workload:
        return workload_of(document, {**values, **changed}, catalogue.find, _flag_fault)

    return made


def _text(options: WorkloadOptions, catalogue: Catalogue) -> Text:
    from llmcost.workloads.text_file import read_text_file  # imported late: only a text needs it

    rules = (listing.load()[listing.places[0]].token_rules() for listing in catalogue.listings)
    tokenizers = {rule.tokenizer.id: rule.tokenizer for rule in rules if rule.tokenizer is not None}
    stdin = piped() if options.text == "-" else None
    return read_text_file(str(options.text), options.language, tokenizers.values(), stdin)


def workload_values(options: WorkloadOptions) -> dict[str, Any]:
    """The values of a class that flags give, by the keys of a workload file."""
    given: dict[str, Any] = {
        "requests": options.requests,
        "input_tokens": _sizes("--input", options.input),
        "output_tokens": _sizes("--output", options.output),
        "cache_read": options.cache_read,
        "cache_write": options.cache_write,
        "cache_write_1h": options.cache_write_1h,
        "reasoning": options.reasoning,
        "audio_in": options.audio_in,
        "audio_out": options.audio_out,
        "image_in": options.image_in,
        "video_in": options.video_in,
        "web_searches": options.web_searches,
        "images": options.images,
        "image_size": options.image_size,
        "audio_seconds": options.audio_seconds,
        "audio_out_seconds": options.audio_out_seconds,
        "video": _video(options),
        "cache_hit_rate": options.cache_hit_rate,
        "batch": options.batch,
        "cache": options.cache,
        "mode": {True: "thinking", False: "non-thinking", None: None}[options.thinking],
    }
    return {key: value for key, value in given.items() if value is not None}


def _sizes(flag: str, text: str | None) -> Any:
    """A size, or sizes that differ, written ``p50=3k,p95=60k``."""
    if text is None or "=" not in text:
        return text
    sizes: dict[str, str] = {}
    for part in text.split(","):
        name, _, size = part.strip().partition("=")
        if name in sizes:
            raise LlmcostError(f'{flag}: "{name}" is given twice', "keep one of them")
        sizes[name] = size
    return sizes


def _video(options: WorkloadOptions) -> dict[str, str] | None:
    if options.video_seconds is None:
        if options.video_size is not None:
            raise LlmcostError("--video-size says nothing without a video", "give its length with --video-seconds")
        return None
    size = {"size": options.video_size} if options.video_size is not None else {}
    return {"seconds": options.video_seconds, **size}


def _flag(key: str) -> str:
    flags = {
        "input_tokens": "--input",
        "output_tokens": "--output",
        "sessions": "--requests",
        "terms.batch": "--batch",
        "mode": "--thinking",
        "video.seconds": "--video-seconds",
        "video.size": "--video-size",
    }
    first = key.split(".")[0]
    return flags.get(key) or flags.get(first, f"--{first.replace('_', '-')}")


def _flag_fault(key: str, error: LlmcostError, at_key: bool = False) -> LlmcostError:
    remedy = error.remedy
    if key == "output_tokens":
        remedy = f"{remedy}; to write to a file, use -o FILE"
    return LlmcostError(f"{_flag(key)}: {error.message}", remedy)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise LlmcostError(f'--option: "{text}" is not a setting', "write it like search_context=high")
    return name, value
