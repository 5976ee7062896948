"""From options to a workload: flags, files and ready-made ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.cli.inputs.piped import piped
from llmcost.cli.inputs.usage.files import is_usage
from llmcost.cli.inputs.usage.files import shown as shown_path
from llmcost.cli.options import ServingOptions, WorkloadOptions
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import shown
from llmcost.errors import LlmcostError, NumberError, at_flag
from llmcost.files.fields import Fields
from llmcost.sheets.load import builtin_folder
from llmcost.workloads.quantities import FLAGS, QUANTITIES
from llmcost.workloads.request_class import build_group, parse_requests

if TYPE_CHECKING:
    from llmcost.core.values.schedule import Window
    from llmcost.core.workload.text import Text

WorkloadFactory = Callable[[Mapping[str, Any]], Workload]
"""Makes the workload, with some values of its classes replaced."""


HOURS = r"(?:(?P<weekdays>[a-z, -]+) )?(?P<from>[0-9:]+) ?- ?(?P<to>[0-9:]+)(?: (?P<timezone>\S+))?"
USUAL_IMAGE = "1024x1024"
"""The size of an image where flags name none."""


class WorkloadInput(NamedTuple):
    """The workload that is asked about, what is to be said of it, and a way to make it with a figure moved.

    ``per_thousand``: nobody said how many requests there are, so it is of 1,000.
    """

    workload: Workload
    notes: list[Note]
    build: WorkloadFactory
    per_thousand: bool = False


def ask_workload(
    options: WorkloadOptions,
    catalogue: Catalogue,
    given: str | None = None,
    *,
    single: bool = False,
    countless: bool = False,
    serving: ServingOptions | None = None,
) -> WorkloadInput:
    """The workload; ``given`` names a file, ``single`` asks for one request.

    ``countless``: flags need not say how many requests there are, 1,000 are taken then.
    """
    thousand = countless and given is None and options.given.get("requests") is None and says_content(options)
    if thousand:
        options = replace(options, given={**options.given, "requests": "1000"})
    sized = given is None and options.given.get("images") is not None and options.given.get("image_size") is None
    if sized:
        options = replace(options, given={**options.given, "image_size": USUAL_IMAGE})
    build = _factory(options, catalogue, given, single=single)
    if serving is not None:
        build = _served(build, serving)
    values = workload_values(options)
    workload = build({})
    over = values if given else {}
    usual = f"no size of an image is given: {USUAL_IMAGE} is taken, --image-size says another"
    notes = [Note("image-size", usual)] if sized else []
    notes += [Note("override", f"{_spoken(key, value)} overrides the workload file") for key, value in over.items()]
    if given and "requests" in values and any(each.content and each.content.conversation for each in workload.groups):
        text = f"--requests {values['requests']} is taken as sessions, each of many requests"
        notes.append(Note("sessions", text))
    said = [*notes, *_unsaid(workload), *(_parts(workload) if single else [])]
    return WorkloadInput(workload, said, build, thousand)


def says_content(options: WorkloadOptions) -> bool:
    """Whether flags say what a request holds, so that no workload file is meant."""
    return options.text is not None or any(
        options.given.get(quantity.key) is not None for quantity in QUANTITIES if quantity.holds
    )


def _spoken(key: str, value: Any) -> str:
    """A flag with its value, as it may be written."""
    if key == "mode":
        return "--thinking" if value == "thinking" else "--no-thinking"
    if key in ("video", "conversation"):
        return " ".join(f"{_flag(f'{key}.{part}')} {text}" for part, text in value.items())
    if key == "hours":
        days, zone = (f"{value[part]} " if part in value else "" for part in ("weekdays", "timezone"))
        return f"--hours '{days}{value['from']}-{value['to']} {zone}".rstrip() + "'"
    if isinstance(value, Mapping):
        return f"{_flag(key)} {','.join(f'{name}={size}' for name, size in value.items())}"
    return f"{_flag(key)} {value}"


def _parts(workload: Workload) -> list[Note]:
    """What is said of a part of a token where one request is meant, which may be a slip for thousands."""
    usages = [group.usage for group in workload.groups]
    parts = [each for usage in usages for each in (usage.input_tokens, usage.output_tokens) if each.denominator != 1]
    text = "{} tokens are taken as the mean of several requests"
    return [Note("mean-request", text.format(shown(parts[0])))] if parts else []


def _unsaid(workload: Workload) -> list[Note]:
    """The classes of which only one side is said, which may be a slip."""
    said = []
    for group in workload.groups:
        usage = group.usage
        if group.task is not None:
            continue
        if group.in_tokens and not usage.counts and bool(usage.input_tokens) != bool(usage.output_tokens):
            side = "output" if usage.input_tokens else "input"
            which = f"{group.name}: " if len(workload.groups) > 1 else ""
            said.append(Note("one-side", f"{which}no {side} tokens are given, so none are priced"))
    return said


def _served(build: WorkloadFactory, serving: ServingOptions) -> WorkloadFactory:
    """The factory with how a self-hosted service is run, as flags say."""
    given = {key: "true" if value is True else value for key, value in vars(serving).items() if value is not None}
    if not given:
        return build
    from llmcost.workloads.serving import parse_peak, read_serving

    fields = Fields(given, _flag_fault)
    ratio, run = fields.read("peak_to_mean", parse_peak), read_serving(fields)

    def build_served(changed: Mapping[str, Any]) -> Workload:
        workload = build(changed)
        ratio_here = workload.peak_to_mean if ratio is None else ratio
        return replace(workload, peak_to_mean=ratio_here, serving=replace(workload.serving, **run))

    return build_served


IMAGES = ("image_size", "images", "images", "give their number with --images")
VIDEO = ("video.size", "video.seconds", "a video", "give its length with --video-seconds")
"""Quantities that say nothing without another: both, what that is called, and how it is given.

A file may hold images whose size a flag replaces; a video of a file is replaced whole.
"""


def _factory(options: WorkloadOptions, catalogue: Catalogue, given: str | None, *, single: bool) -> WorkloadFactory:
    """A way to make the workload that flags, or a file with flags over it, describe."""
    settings = dict(_setting(text) for text in options.option)
    _check_needed(options, VIDEO)
    if given is not None:
        if is_usage(given):
            remedy = f"write it as a workload first: llmcost usage {shown_path(given)} -o workload.yaml"
            raise LlmcostError(f"{shown_path(given)} is real usage or a folder, and no workload", remedy)
        if settings:
            raise LlmcostError("--option does not go with a workload file", "write `options:` in its classes")
        if options.text is not None:
            raise LlmcostError("--text does not go with a workload file", "write `input_text:` in its classes")
        return _of_file(given, workload_values(options), catalogue)
    for key in ("conversation.turns", "conversation.pause"):
        if options.given.get(key) is not None:
            remedy = "name a workload that is one, such as chat-support, or write `conversation:` in a file"
            raise LlmcostError(f"{_flag(key)} is of a conversation", remedy)
    _check_needed(options, IMAGES)
    if options.language and options.text is None:
        raise LlmcostError("--language says nothing without a text", "give the text's file with --text")
    if options.given.get("requests") is None and not single:
        if not says_content(options):
            raise holds_nothing()
        raise LlmcostError("nothing says how many requests a month", "give --requests, such as --requests 1M")
    text = _text(options, catalogue) if options.text is not None else None
    return _of_flags(workload_values(options), settings, text, "request" if single else "workload")


def _check_needed(options: WorkloadOptions, needed: tuple[str, str, str, str]) -> None:
    key, other, what, remedy = needed
    if options.given.get(key) is not None and options.given.get(other) is None:
        raise LlmcostError(f"{_flag(key)} says nothing without {what}", remedy)


def _of_flags(values: Mapping[str, Any], settings: Mapping[str, str], text: Text | None, name: str) -> WorkloadFactory:
    """A way to make the one class that flags describe."""

    def build(changed: Mapping[str, Any]) -> Workload:
        now: dict[str, Any] = {**values, **changed}
        with at_flag("--requests", NumberError):
            requests = parse_requests(now.pop("requests", "1"))
        terms = {"batch": now.pop("batch")} if "batch" in now else {}
        hours = _windows(now.pop("hours")) if "hours" in now else None
        group = build_group(Fields(now, _flag_fault), requests=requests, terms=terms, hours=hours, options=settings)
        if text is not None:
            from llmcost.core.workload.content import Content

            group = replace(group, content=replace(group.content or Content(), input_text=text))
        return Workload((group,), name)

    return build


def holds_nothing() -> LlmcostError:
    """What is said where nobody says what is sent."""
    remedy = "give at least --input and --output, such as --input 2000 --output 500, or a workload file"
    also = "one takes pages and characters too"
    return LlmcostError("nothing says what a request holds", f"{remedy}; {also}")


def _of_file(given: str, values: Mapping[str, Any], catalogue: Catalogue) -> WorkloadFactory:
    from llmcost.workloads.file import read_document, workload_of
    from llmcost.workloads.presets import workload_path

    path = workload_path(given, builtin_folder())
    document = read_document(path, piped() if path == "-" else None)

    def build(changed: Mapping[str, Any]) -> Workload:
        return workload_of(document, _merged(values, changed), catalogue.find, _flag_fault)

    return build


def _merged(values: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Values with others over them, mappings merged."""
    merged = {**values, **changed}
    for key, value in changed.items():
        if isinstance(value, Mapping) and isinstance(values.get(key), Mapping):
            merged[key] = {**values[key], **value}
    return merged


def _text(options: WorkloadOptions, catalogue: Catalogue) -> Text:
    from llmcost.workloads.text_file import read_text_file

    rules = (listing.load()[listing.places[0]].token_rules() for listing in catalogue.listings)
    tokenizers = {rule.tokenizer.id: rule.tokenizer for rule in rules if rule.tokenizer is not None}
    stdin = piped() if options.text == "-" else None
    return read_text_file(str(options.text), ",".join(options.language) or None, tokenizers.values(), stdin)


def workload_values(options: WorkloadOptions) -> dict[str, Any]:
    """The values of a class that flags give, by the keys of a workload file."""
    values: dict[str, Any] = {}
    for quantity in QUANTITIES:
        text = options.given.get(quantity.key)
        outer, _, inner = quantity.key.partition(".")
        if text is None:
            continue
        if inner:
            values.setdefault(outer, {})[inner] = text
        else:
            values[quantity.key] = _sizes(quantity.option, text) if quantity.sizes else text
    if options.hours is not None:
        values["hours"] = _hours(options.hours)
    if options.thinking is not None:
        values["mode"] = "thinking" if options.thinking else "non-thinking"
    return values


def _hours(text: str) -> dict[str, str]:
    """Hours written in one line, such as ``mon-fri 08:00-18:00 Europe/Berlin``, as a workload file has them."""
    found = re.fullmatch(HOURS, text.strip())
    if found is None:
        raise LlmcostError(f'--hours: "{text}" is not hours', "write them like 'mon-fri 08:00-18:00 Europe/Berlin'")
    return {key: _clock(value) for key, value in found.groupdict().items() if value}


def _clock(value: str) -> str:
    """A full hour as a time of day, so that 9 is 09:00; all else as it is."""
    return f"{value:0>2}:00" if re.fullmatch("[0-9]{1,2}", value) else value


def _windows(hours: Mapping[str, str]) -> tuple[Window, ...] | None:
    from llmcost.workloads.schedule import read_hours

    return read_hours(Fields({"hours": hours}, _flag_fault))


def _sizes(flag: str, text: str) -> Any:
    """A size, or sizes that differ, written ``p50=3k,p95=60k``."""
    if "=" not in text:
        return text
    sizes: dict[str, str] = {}
    for part in text.split(","):
        name, _, size = part.strip().partition("=")
        if name in sizes:
            raise LlmcostError(f'{flag}: "{name}" is given twice', "keep one of them")
        sizes[name] = size
    return sizes


def _flag(key: str) -> str:
    """The flag for a place of a class: its own, that of the mapping it is in, or the key with dashes."""
    first = key.split(".")[0]
    return FLAGS.get(key) or FLAGS.get(first, f"--{first.replace('_', '-')}")


def _flag_fault(key: str, error: LlmcostError, *, at_key: bool = False) -> LlmcostError:  # noqa: ARG001 - a flag is one place
    remedy = error.remedy
    if key == "output_tokens":
        remedy = f"{remedy}; to write to a file, use -o FILE"
    return LlmcostError(f"{_flag(key)}: {error.message}", remedy)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise LlmcostError(f'--option: "{text}" is not a setting', "write it like search_context=high")
    return name, value
