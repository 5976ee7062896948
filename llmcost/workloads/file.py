"""Workload files: `kind: workload`, a list of classes of requests, read as strictly as price sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any

from llmcost.core.offers.offer import Offer
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.core.workload.serving import STANDARD_SERVING, Serving
from llmcost.core.workload.tasks import TASKS
from llmcost.errors import FileProblems, LlmcostError, NumberError
from llmcost.files.document import Document, Place, Stop
from llmcost.files.fields import Fields, steps_to
from llmcost.files.git import is_in_git, read_from_git
from llmcost.files.yaml import parse_yaml, read_yaml
from llmcost.workloads.distributions import parse_growth
from llmcost.workloads.request_class import COUNTS, RICH_KEYS, TOKENS, build_group, parse_requests
from llmcost.workloads.schedule import read_hours
from llmcost.workloads.serving import SERVING_KEYS, parse_peak, read_serving

TOP_KEYS = ("kind", "name", "classes", "load", "serving", "growth")
CLASS_KEYS = (
    "name",
    "requests",
    "sessions",
    *TOKENS,
    *COUNTS,
    *RICH_KEYS,
    "terms",
    "mode",
    "cache",
    "hours",
    "options",
    "offer",
    "growth",
    "task",
)
HOLDS = (*TOKENS, *COUNTS, "input_text", "output_text", "audio_out_seconds", "video", "conversation")
"""Keys that say what a request holds."""
MOST_CLASSES = 1_000
MOST_PARTS = 20_000
"""Turns, sizes and pauses of all classes together; every offer prices each of them."""
Find = Callable[[str], Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassContext:
    """What every class of a file is read with: values in place of its own, the growth of all, and where offers are.

    ``find`` and ``named`` are as for ``read_workload`` and ``workload_of``.
    """

    overrides: Mapping[str, str]
    find: Find | None
    named: Callable[[str, LlmcostError], LlmcostError] | None
    growth: Fraction = Fraction(0)


class _OverrideFault(Exception):
    """A fault of a value that was given beside the file."""

    def __init__(self, error: LlmcostError) -> None:
        self.error = error


class _Fault(Exception):
    """A fault at a place in the document; turned into a problem where the class is read."""

    def __init__(self, place: Place, error: LlmcostError, *, at_key: bool = False) -> None:
        self.place = place
        self.error = error
        self.at_key = at_key


def read_workload(
    path: str, stdin: bytes | None = None, overrides: Mapping[str, str] | None = None, find: Find | None = None
) -> Workload:
    """Read a workload file, or ``stdin`` when the path is ``-``; ``overrides`` replace values in every class.

    ``find`` looks up the offers that classes are fixed to; without it, naming one is a problem.
    Raises FileProblems with every problem found.
    """
    return workload_of(read_document(path, stdin), overrides, find)


def read_document(path: str, stdin: bytes | None = None) -> Document:
    """A workload file as YAML, or ``stdin`` when the path is ``-``; its problems are in the document.

    ``git:REF:PATH`` is a file as it stands in git.
    """
    if is_in_git(path):
        return parse_yaml(read_from_git(path), path)
    return parse_yaml(stdin or b"", "<stdin>") if path == "-" else read_yaml(Path(path))


def workload_of(
    document: Document,
    overrides: Mapping[str, str] | None = None,
    find: Find | None = None,
    named: Callable[[str, LlmcostError], LlmcostError] | None = None,
) -> Workload:
    """The workload in a document that was read as YAML.

    ``named`` makes the error about an override, which stands nowhere in the file; without it the class is pointed at.
    Raises FileProblems with every problem found, or what ``named`` makes.
    """
    sound = document.root is not None and not document.problems
    context = ClassContext(overrides=overrides or {}, find=find, named=named)
    try:
        workload = _workload(document, context) if sound else None
    except _OverrideFault as fault:
        raise fault.error from None
    except Stop:
        workload = None
    if document.problems or workload is None:
        raise FileProblems(document.all_problems())
    return workload


def _workload(document: Document, context: ClassContext) -> Workload | None:
    """The workload; None where there are problems, which are left in the document."""
    assert document.root is not None
    plain = document.root.plain()
    classes = _classes(document, plain, context.overrides)
    if classes is None:
        return None
    name, growth, peak, serving = _top(document, plain)
    groups = _groups(document, classes, replace(context, growth=growth))
    parts = sum(_parts(group) for group in groups)
    if parts > MOST_PARTS:
        message = f"the turns and the listed sizes of all classes come to {parts:,}"
        document.add_at(("classes",), message, f"at most {MOST_PARTS:,} are priced; write fewer, or a histogram")
    return None if document.problems else Workload(tuple(groups), name, peak, serving)


def _classes(document: Document, plain: Any, overrides: Mapping[str, str]) -> list[Any] | None:
    """The list of classes of a file that is a workload; None where it is none, or its list cannot be read."""
    if not isinstance(plain, dict):
        document.add("a workload is a mapping of keys to values", "begin with `kind: workload`", 1, 1)
        return None
    if plain.get("kind") != "workload":
        document.add_at(
            ("kind",) if "kind" in plain else (), "this is not a workload", "write `kind: workload` at the top"
        )
        return None
    _refuse_unknown(document, (), plain, TOP_KEYS)
    classes = plain.get("classes")
    if not isinstance(classes, list) or not classes:
        document.add_at(("classes",), "the workload has no classes", "write `classes:` and a list of kinds of requests")
        return None
    if "requests" in overrides and len(classes) > 1:
        message = f"--requests cannot say which of the {len(classes)} classes it means"
        document.add_at(("classes",), message, "leave the flag out, or change the file")
        return None
    if len(classes) > MOST_CLASSES:
        message = f"{len(classes):,} classes are too many"
        document.add_at(("classes",), message, f"write at most {MOST_CLASSES:,}; classes that are alike can be one")
        return None
    return classes


def _groups(document: Document, classes: list[Any], context: ClassContext) -> list[RequestGroup]:
    """The classes that can be read; what is wrong with the others is left in the document."""
    groups = []
    for number, each in enumerate(classes):
        place = ("classes", number)
        if not isinstance(each, dict):
            document.add_at(
                place, "a class is a mapping of keys to values", "write `- name: …` and what a request holds"
            )
            continue
        _refuse_unknown(document, place, each, CLASS_KEYS)
        try:
            groups.append(_group(number, each, context))
        except _Fault as fault:
            document.add_at(fault.place, fault.error.message, fault.error.remedy, key=fault.at_key)
        except LlmcostError as error:
            document.add_at(place, error.message, error.remedy)
    return groups


def _parts(group: RequestGroup) -> int:
    """How many requests of different sizes a class stands for: its turns, and the sizes and pauses it lists."""
    content = group.content
    if content is None:
        return 1
    talk = content.conversation
    spread = [each for each in (content.input_sizes, content.pause) if each is not None]
    return (talk.turns if talk is not None else 1) + sum(len(each.segments) for each in spread)


def _top(document: Document, plain: Mapping[str, Any]) -> tuple[str, Fraction, Fraction | None, Serving]:
    """The name, the growth of all classes, the busiest hour against the mean one, how a self-hosted service is run."""

    def fault(key: str, error: LlmcostError, *, at_key: bool = False) -> _Fault:
        return _Fault(steps_to(plain, key), error, at_key=at_key)

    fields = Fields(plain, fault)
    name = "workload"
    growth = Fraction(0)
    peak = None
    serving = STANDARD_SERVING
    try:
        name = (fields.text("name") if plain.get("name") is not None else None) or name
        growth = fields.read("growth", parse_growth) or growth
        load = fields.mapping("load", "{peak_to_mean: 4}")
        if load is not None:
            peak = load.only(("peak_to_mean",)).read("peak_to_mean", parse_peak)
        own = fields.mapping("serving", "{tpot: 50ms, spares: 1}")
        if own is not None:
            serving = Serving(**read_serving(own.only(SERVING_KEYS)))
    except _Fault as found:
        document.add_at(found.place, found.error.message, found.error.remedy, key=found.at_key)
    return name, growth, peak, serving


def _group(number: int, each: Mapping[str, Any], context: ClassContext) -> RequestGroup:
    """One class by its number. Raises _Fault or LlmcostError for what is wrong with it."""
    place = ("classes", number)
    overrides = dict(context.overrides)
    named = context.named

    def fault(key: str, error: LlmcostError, *, at_key: bool = False) -> Exception:
        if named is not None and (key.split(".")[0] in overrides or (key == "terms.batch" and batch is not None)):
            return _OverrideFault(named(key, error))
        return _Fault((*place, *steps_to(each, key)), error, at_key=at_key)

    if "conversation" in overrides and "conversation" not in each and named is not None:
        first = next(iter(overrides["conversation"]))
        what = LlmcostError("the workload is no conversation", "leave it out, or name a workload that is one")
        raise _OverrideFault(named(f"conversation.{first}", what))
    if "requests" in overrides and "conversation" in each:
        overrides["sessions"] = overrides.pop("requests")
    batch = overrides.pop("batch", None)
    fields = Fields(_overlaid(each, overrides), fault)
    terms = _mapping(each, "terms", fault)
    options = _mapping(each, "options", fault)
    if batch is not None:
        terms = {**terms, "batch": batch}
    if not any(key in fields for key in HOLDS):
        remedy = "add `input_tokens: 2000` and `output_tokens: 500`, or whatever it is"
        raise _Fault(place, LlmcostError("the class does not say what a request holds", remedy))
    name = fields.text("name") or f"class {number + 1}"
    group = build_group(
        fields,
        name=name,
        requests=_requests(place, fields),
        terms=terms,
        hours=read_hours(fields),
        options=options,
        growth=fields.read("growth", parse_growth) if "growth" in each else context.growth,
        offer=_offer(fields, context.find),
        task=fields.one_of("task", TASKS),
    )
    if group.offer is not None:
        _check_taken(fields, group.offer)
    return group


def _overlaid(each: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a class with others in their place; what is not said of its images or its video stays."""
    found = {**each, **overrides}
    images, video = each.get("images"), each.get("video")
    if isinstance(images, Mapping):
        sizes = {"count": overrides.get("images"), "size": overrides.get("image_size")}
        found["images"] = {**images, **{key: value for key, value in sizes.items() if value is not None}}
        found = {key: value for key, value in found.items() if key != "image_size" or key in each}
    for key, own in (("video", video), ("conversation", each.get("conversation"))):
        if isinstance(own, Mapping) and key in overrides:
            found[key] = {**own, **overrides[key]}
    return found


def _requests(place: Place, fields: Fields) -> Any:
    """How many requests a month, or how many sessions where a class is a conversation."""
    talks = "conversation" in fields
    wanted, other = ("sessions", "requests") if talks else ("requests", "sessions")
    if other in fields:
        remedy = "a conversation comes in sessions" if talks else "only a conversation comes in sessions"
        instead = "leave this out" if wanted in fields else f"write `{wanted}:`"
        raise fields.fault(other, f"{other} does not go with this class", f"{remedy}: {instead}", at_key=True)
    if wanted not in fields:
        raise _Fault(place, LlmcostError(f"the class does not say how many {wanted}", f"add `{wanted}: 100k / month`"))
    return fields.read(wanted, parse_requests)


def _offer(fields: Fields, find: Find | None) -> Offer | None:
    selector = fields.text("offer")
    if selector is None:
        return None
    if "*" in selector or "?" in selector:
        raise fields.fault(
            "offer", "a class goes to one offer, and this is a pattern", "name one, such as seller/model"
        )
    if find is None:
        remedy = "pass the catalogue to load_workload"
        raise fields.fault("offer", "no prices are at hand to look this offer up", remedy)
    try:
        return find(selector)
    except LlmcostError as error:
        raise fields.fault("offer", error.message, error.remedy) from None


def _check_taken(fields: Fields, offer: Offer) -> None:
    """Refuse media that the only offer of a class does not take."""
    sides = (
        ("audio_in", "input", "audio"),
        ("audio_seconds", "input", "audio"),
        ("image_in", "input", "image"),
        ("images", "input", "image"),
        ("video", "input", "video"),
        ("video_in", "input", "video"),
        ("audio_out", "output", "audio"),
        ("audio_out_seconds", "output", "audio"),
    )
    for key, side, kind in sides:
        taken = offer.input_kinds if side == "input" else offer.output_kinds
        if key in fields and taken is not None and kind not in taken:
            what = f"does not take {kind} input" if side == "input" else f"does not produce {kind}"
            remedy = f"it {'takes' if side == 'input' else 'makes'} {', '.join(taken)}; leave this out, or name another"
            raise fields.fault(key, f"{offer.name} {what}", remedy, at_key=True)


def _mapping(each: Mapping[str, Any], key: str, fault: Any) -> dict[str, str]:
    if each.get(key) is None:
        return {}
    value = each[key]
    example = "{batch: 30%}" if key == "terms" else "{search_context: high}"
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise fault(key, NumberError("a mapping of names to values is needed here", f"write it like {example}"))
    return value


def _refuse_unknown(document: Document, place: Place, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"keys here: {', '.join(known)}"
            if known is CLASS_KEYS:
                from llmcost.workloads.content import TALK_KEYS

                hint = "write it inside `conversation:`" if key in TALK_KEYS else hint
            if (whole := f"{key}_tokens") in known:  # what the flag and a conversation call it
                hint = f"did you mean {whole}?"
            document.add_at((*place, key), f'unknown key "{key}"', hint, key=True)
