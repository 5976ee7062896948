"""Sheets that try to break the reader: whatever they hold, they are sound or get a message, soon, and never a crash."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import yaml
from conftest import ROOT, SMALL
from hypothesis import given
from hypothesis import strategies as st
from support.examples import checkered, examples
from support.sheets import listings_of

from llmcost.core.values.dates import PricingDay
from llmcost.errors import LlmcostError, Problem
from llmcost.files.document import Document
from llmcost.files.yaml import parse_yaml, read_yaml
from llmcost.sheets.api import coverage as meaning
from llmcost.sheets.fx.build import build_exchange_rates
from llmcost.sheets.kinds import KINDS
from llmcost.sheets.read import check_sheet

RATES = "{input: 1.00 USD / 1M tokens, output: 2.00 USD / 1M tokens}"
HEAD = "kind: api\nseller: example-ai\nname: Example AI\ndefault_place: global\n"
ENTRY = "      - checked_on: 2026-08-20\n        source: https://example.com/pricing\n"
STRANGE: list[Any] = [
    None,
    "",
    "x",
    "0",
    "no",
    "-1",
    "1e999999999999999999999",
    "0e999999",
    "9" * 5000,
    "2026-01-01",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "1.00 USD / 1M tokens",
    "1.00 USD / " + "1" * 5000 + " tokens",
    "= input",
    "= output",
    "batch",
    "automatic",
    "mon-fri",
    "24:00",
    "UTC",
    "> 200000",
    "> 1e12, <= 1",
    "../../etc/passwd",
    "x" * 2000,
    "<>&'\"[red]x[/]",
    [],
    {},
    ["x"],
    ["a", "a"],
    [[]],
    [{}],
    [None],
    {"x": "y"},
    {"x": None},
    {"1": "1"},
    {"": ""},
    {"x": {"x": {"x": ["x"]}}},
]


@contextmanager
def soon(seconds: int = 20) -> Iterator[None]:
    """Stop a block that hangs, by the time this process works, so that a busy machine changes nothing."""

    def stop(number: int, frame: object) -> None:
        raise AssertionError(f"still busy after {seconds} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def check(text: str | bytes) -> tuple[Document, dict[str, Any] | None]:
    document = parse_yaml(text.encode() if isinstance(text, str) else text, "x.yaml")
    return document, check_sheet(document)


def problems(text: str) -> list[Problem]:
    """The problems of a sheet that must have some, each with a message."""
    document, sheet = check(text)
    assert sheet is None, "the sheet was found sound"
    assert document.problems
    for problem in document.problems:
        assert problem.message.strip()
        assert problem.render().startswith("x.yaml")
    return document.problems


def sound(text: str) -> dict[str, Any]:
    document, sheet = check(text)
    assert [problem.render() for problem in document.problems] == []
    assert sheet is not None
    return sheet


def sheet_of(entry: str = "", model: str = "", head: str = "", rates: str = RATES) -> str:
    """A small sheet with more lines in its entry, its model or its head."""
    lines = "".join(f"    {line}\n" for line in model.splitlines())
    more = "".join(f"        {line}\n" for line in entry.splitlines())
    return f"{HEAD}{head}models:\n  - id: small\n{lines}    prices:\n{ENTRY}        rates: {rates}\n{more}"


def written(plain: Any) -> bytes:
    """Any data as YAML: JSON is YAML, with null written as an empty value."""
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")


def try_out(plain: Any) -> bool:
    """Read data as a sheet: True when it is sound and can be used, False when it has problems; nothing else."""
    document, sheet = check(_emptied(written(plain)))
    if sheet is None:
        assert document.problems
        for problem in document.problems:
            assert problem.message.strip()
            assert problem.render()
        return False
    assert document.problems == []
    use(sheet)
    return True


def _emptied(raw: bytes) -> bytes:
    return raw.replace(b": null", b": ").replace(b"[null]", b"[~]")


def use(sheet: dict[str, Any]) -> None:
    """Build everything a sound sheet promises."""
    if sheet["kind"] == "fx":
        rates = build_exchange_rates(sheet)
        assert list(rates.days) == sorted(rates.days)
        for day, table in zip(rates.days, rates.rates, strict=True):
            for code in table:
                assert rates.on(day, rates.base, code).rate > 0
                assert rates.on(day, code, rates.base).rate > 0
        return
    for listing in listings_of(sheet):
        for offer in listing.load().values():
            for version in offer.history.versions:
                for rate in version.base.values():
                    assert len(str(rate)) < 2000
                day = version.starts.instant.date() if version.starts else version.checked_on
                try:
                    offer.history.on(PricingDay(day))
                except LlmcostError:
                    continue


# Wrong types everywhere


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


def _replaced(plain: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return copy.deepcopy(value)
    changed = copy.deepcopy(plain)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = copy.deepcopy(value)
    return changed


def _read_small(name: str) -> Any:
    document = read_yaml(SMALL / name, name)
    assert document.root is not None
    return document.root.plain()


RICH = _read_small("example-ai.yaml")
NIGHT = _read_small("night-cloud.yaml")
FX = _read_small("fx.yaml")
RICH["models"] = RICH["models"][:1]
PLACES = [(RICH, path) for path in _paths(RICH)] + [(FX, path) for path in _paths(FX)]


@pytest.mark.parametrize("model", NIGHT["models"], ids=lambda model: str(model["id"]))
@pytest.mark.parametrize("strange", [None, [], {}, "x", ["x"], {"x": "y"}], ids=repr)
def test_every_value_of_every_model_may_be_of_the_wrong_type(model: dict[str, Any], strange: Any) -> None:
    """Whatever stands at any place of a model, the sheet is sound or has problems with messages."""
    plain = {**NIGHT, "models": [model]}
    refused = 0
    for path in _paths(plain):
        refused += not try_out(_replaced(plain, path, strange))
    assert refused


@pytest.mark.parametrize("number", range(len(STRANGE)), ids=lambda number: repr(STRANGE[number])[:30])
def test_every_place_of_a_rich_sheet_takes_or_refuses_any_value(number: int) -> None:
    """A strange value at any place of a rich sheet causes no crash."""
    strange = STRANGE[number]
    crashed: list[str] = []
    refused = 0
    for plain, path in checkered(PLACES, number):
        try:
            refused += not try_out(_replaced(plain, path, strange))
        except Exception as bug:
            crashed.append(f"{'.'.join(map(str, path))}: {type(bug).__name__}: {bug}"[:200])
    assert crashed == []
    assert refused


def test_null_everywhere_is_refused() -> None:
    """A sheet of empty values is refused for each value it needs."""
    for kind, shape in ((name, each.schema) for name, each in KINDS.items()):
        text = "".join(f"{name}:\n" for name in shape.model_fields if name != "kind")
        assert problems(f"kind: {kind}\n{text}")


@pytest.mark.parametrize(
    "line",
    ["developer:", "model:", "context_window:", "modalities:", "default_mode:", "note:"],
)
def test_an_optional_key_left_empty_is_left_out(line: str) -> None:
    """A key of a model that may be left out may also be left empty."""
    sheet = sound(sheet_of(model=line))
    assert line.rstrip(":") not in sheet["models"][0]


@pytest.mark.parametrize(
    "line", ["effective_from:", "withdrawn_on:", "via:", "place:", "context_window:", "multiply:", "minimum:", "note:"]
)
def test_an_optional_key_of_an_entry_left_empty_is_left_out(line: str) -> None:
    """A key of a price entry that may be left out may also be left empty."""
    sheet = sound(sheet_of(entry=line))
    assert line.rstrip(":") not in sheet["models"][0]["prices"][0]


# Values that once upset a program


@pytest.mark.parametrize("value", ["[api]", "{a: b}", "[]", "{}", "[[]]"])
def test_a_kind_that_is_no_text_is_refused(value: str) -> None:
    """The first thing that is looked at may be of any type."""
    assert problems(f"kind: {value}\n")[0].line == 1


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00+00:01",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59-00:01",
        "2026-01-01T00:00:00+99:00",
        "2026-01-01T25:00:00Z",
        "2026-1-1",
        "2026-W01-1",
        "2026-001",
        "20260101",
        "２０２６-01-01",
        "2026-01-01\u00a0",
        "2026‑01‑01",
        "26-01-01",
        "yesterday",
        "0000-00-00",
        "2025-02-29",
    ],
)
@pytest.mark.parametrize("key", ["effective_from", "withdrawn_on"])
def test_a_moment_no_calendar_has_is_refused(key: str, moment: str) -> None:
    """Instants outside the calendar, impossible days and other ways to write one are problems of their line."""
    (problem,) = problems(sheet_of(entry=f"{key}: {moment}"))
    assert problem.line == 11
    assert problem.message.startswith(f'"{moment}"')


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("key", ["effective_from", "withdrawn_on"])
def test_the_ends_of_the_calendar_are_no_crash(key: str, day: str, zone: str) -> None:
    """The first and the last day that can be written are taken or refused, for entries and variants, in any zone."""
    variant = f"variants:\n  - when: {{terms: batch}}\n    {key}: {day}\n    rates: {RATES}"
    for entry in (f"{key}: {day}", variant):
        document, sheet = check(sheet_of(entry=entry, head=f"timezone: {zone}\n"))
        assert sheet is not None or document.problems


def test_a_last_day_far_away_is_sound() -> None:
    """An offer that is sold until the last day of the calendar is sound: people write it for `no end known`."""
    sound(sheet_of(entry=f"variants:\n  - when: {{terms: batch}}\n    withdrawn_on: 9999-12-31\n    rates: {RATES}"))


@pytest.mark.parametrize(
    "rate",
    [
        "1.00 USD / " + "1" * 5000 + " tokens",
        "1.00 USD / " + "9" * 5000 + "M tokens",
        "9" * 5000 + " USD / 1M tokens",
        "1e9999999999999999999 USD / 1M tokens",
        "1.00 USD / 1M " + "tokens" * 2000,
        "1.00 " + "USD" * 5000 + " / 1M tokens",
        "= " + "input" * 5000,
        "1.00 USD / 1M tokens / 1M tokens",
        "1.00 USD / ",
        "/",
        "=",
        "= =",
        "USD",
        "１.00 USD / 1M tokens",
        "1.00 USD / １M tokens",
        "1.00 ＵＳＤ / 1M tokens",
    ],
    ids=lambda rate: rate[:24],
)
def test_a_hostile_rate_is_refused_with_a_short_message(rate: str) -> None:
    """No rate raises anything but a message, and no message repeats thousands of characters."""
    found = problems(sheet_of(rates=f"{{input: '{rate}'}}"))
    assert {problem.line for problem in found} == {10}
    for problem in found:
        assert len(problem.render()) < 2000


@pytest.mark.parametrize("rate", ["0e999999 USD / 1M tokens", "0e-999999 USD / 1M tokens"])
def test_a_zero_rate_cannot_fill_the_page(rate: str) -> None:
    """A rate of zero with a huge exponent is refused, or shown shortly."""
    document, sheet = check(sheet_of(rates=f"{{input: {rate}}}"))
    if sheet is None:
        assert document.problems
    else:
        use(sheet)


def test_digits_of_other_scripts_are_no_numbers() -> None:
    """Clock times, durations, sizes and dates are written in the digits 0 to 9."""
    for entry in (
        f'variants:\n  - when: {{time: [{{from: "0٨:00", to: "18:00"}}]}}\n    rates: {RATES}',
        f'variants:\n  - when: {{time: [{{from: "08:00", to: "1８:00"}}]}}\n    rates: {RATES}',
        f'variants:\n  - when: {{input_tokens: "> ٢٠٠"}}\n    rates: {RATES}',
        "checked_on: 2026-08-2٠",
        "context_window: １２",
    ):
        assert problems(sheet_of(entry=entry))
    assert problems(sheet_of(model="cache: [{kind: automatic, ttl: 1٥m}]"))


@pytest.mark.parametrize(
    "zone", ['""', '"."', "..", "/etc/localtime", "Asia", "posixrules/..", "x" * 5000, "Ünï", '"UTC "', "utc+1"]
)
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    """A zone name that is a path, a folder or nonsense is a problem of its line."""
    (problem,) = problems(sheet_of(head=f"timezone: {zone}\n"))
    assert problem.line == 5
    assert len(problem.render()) < 2000


@pytest.mark.parametrize("text", ['"Example\\nAI"', "|\n  Example\n  AI", '"Example\\tAI"', '"Example\\u2028AI"', '""'])
def test_a_name_is_one_line(text: str) -> None:
    """A seller's name goes into tables, so it is one line of text that is not empty."""
    assert problems(sheet_of().replace("name: Example AI", f"name: {text}"))[0].line == 3


@pytest.mark.parametrize(
    "more", ["source: https://", "source: 'https://a b'", f"note: {'x' * 5000}"], ids=lambda m: m[:20]
)
def test_what_is_said_about_a_rate_is_read_as_strictly_as_what_is_said_about_an_entry(more: str) -> None:
    """A rate's own source and note have the form of an entry's source and note."""
    assert problems(sheet_of(rates=f"{{input: {{rate: 1.00 USD / 1M tokens, {more}}}}}"))[0].line == 10


def test_a_status_beside_variants_with_rates_is_refused() -> None:
    """An offer that is free, or whose price is unknown, has no rates under conditions either."""
    text = sheet_of(entry=f"status: free\nvariants:\n  - when: {{terms: batch}}\n    rates: {RATES}")
    assert problems(text.replace(f"        rates: {RATES}\n", "", 1))


def test_the_base_currency_has_no_rate_of_its_own() -> None:
    """One euro buys one euro; a row that says otherwise is refused."""
    text = "kind: fx\nbase: EUR\nsource: https://rates.example\nrates:\n  2026-07-31: {EUR: 2, USD: 1.2}\n"
    assert problems(text)[0].line == 5


def test_an_exchange_rate_of_zero_is_refused() -> None:
    """A currency that costs nothing cannot be converted back."""
    text = "kind: fx\nbase: EUR\nsource: https://rates.example\nrates:\n  2026-07-31: {USD: 0, CNY: 8}\n"
    (problem,) = problems(text)
    assert problem.line == 5


def test_exchange_rates_are_in_order_of_day() -> None:
    """Days are sorted as days, however the file orders them; a rate is never taken from another day."""
    text = (
        "kind: fx\nbase: EUR\nsource: https://rates.example\n"
        "rates:\n  2026-07-31: {USD: 2}\n  2026-01-31: {USD: 1}\n  2026-W02-1: {USD: 3}\n"
    )
    document, sheet = check(text)
    if sheet is None:
        assert document.problems
        return
    rates = build_exchange_rates(sheet)
    assert list(rates.days) == sorted(rates.days)
    assert rates.on(date(2026, 12, 31), "EUR", "USD").rate == Fraction(2)


# Conditions that say nothing, and remedies that must work


@pytest.mark.parametrize(
    "when", ["{}", "{terms: }", "{input_tokens: }", "{options: {}}", "{modalities: {}}", "{modalities: {input: []}}"]
)
@pytest.mark.parametrize("key", ["variants", "not_sold"])
def test_a_condition_without_content_is_refused(key: str, when: str) -> None:
    """A condition that asks for nothing would hold always; it is never taken for one."""
    rates = f"\n    rates: {RATES}" if key == "variants" else ""
    item = f"  - when: {when}{rates}" if key == "variants" else f"  - {when}"
    assert problems(sheet_of(entry=f"{key}:\n{item}"))


@pytest.mark.parametrize(
    ("model", "variants", "missing"),
    [
        pytest.param(
            "default_mode: non-thinking",
            ['{input_tokens: "> 200000"}', "{mode: thinking}"],
            '{mode: thinking, input_tokens: "> 200000"}',
            id="tier and mode",
        ),
        pytest.param(
            "", ['{input_tokens: "> 200000"}', "{terms: batch}"], '{terms: batch, input_tokens: "> 200000"}', id="batch"
        ),
        pytest.param(
            "default_options: {a: low, b: low}",
            ["{options: {a: high}}", "{options: {b: high}}"],
            "{options: {a: high, b: high}}",
            id="two options",
        ),
        pytest.param(
            "",
            ['{time: [{from: "08:00", to: "12:00"}]}', '{time: [{from: "10:00", to: "14:00"}]}'],
            '{time: [{from: "10:00", to: "12:00"}]}',
            id="two windows",
        ),
    ],
)
def test_adding_the_missing_combination_mends_the_sheet(model: str, variants: list[str], missing: str) -> None:
    """Where two variants meet and neither is narrower, the remedy `add a variant for both` works."""

    def text(conditions: list[str]) -> str:
        lines = [f"  - when: {when}\n    rates: {RATES}" for when in conditions]
        return sheet_of(model=model, entry="variants:\n" + "\n".join(lines))

    found = problems(text(variants))
    assert "neither is narrower" in found[0].message
    assert "add a variant" in (found[0].remedy or "")
    sound(text([*variants, missing]))


def test_two_modalities_of_one_meter_are_one_variant() -> None:
    """A request can hold both kinds of content, and a condition meets either, so only one variant for both can work."""
    kinds = ["{modalities: {input: [audio]}}", "{modalities: {input: [image]}}"]
    lines = [f"  - when: {when}\n    rates: {RATES}" for when in kinds]
    found = problems(sheet_of(entry="variants:\n" + "\n".join(lines)))
    assert found[0].remedy == "a request can hold both kinds of content: write one variant for both"
    sound(sheet_of(entry=f"variants:\n  - when: {{modalities: {{input: [audio, image]}}}}\n    rates: {RATES}"))


def test_messages_are_the_same_in_every_run() -> None:
    """What a message says does not depend on the order in which a run happens to keep its sets."""
    windows = ['{time: [{from: "08:00", to: "12:00"}]}', '{time: [{from: "10:00", to: "14:00"}]}']
    lines = [f"  - when: {when}\n    rates: {{output: 3.00 USD / 1M tokens}}" for when in windows]
    program = (
        "import sys\n"
        "from llmcost.sheets.read import check_sheet\n"
        "from llmcost.files.yaml import parse_yaml\n"
        "document = parse_yaml(sys.stdin.buffer.read(), 'x.yaml')\n"
        "check_sheet(document)\n"
        "print([problem.render() for problem in document.problems])\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=sheet_of(entry="variants:\n" + "\n".join(lines)).encode(),
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in range(1, 7)
    }
    assert len(printed) == 1


def test_an_option_left_at_its_default_is_a_situation_too() -> None:
    """A rate that points at one which only an option brings is found out: without the option it points at nothing."""
    rates = "{input: 1.00 USD / 1M tokens, output: 2.00 USD / 1M tokens, image_input: = audio_input}"
    variant = "variants:\n  - when: {options: {detail: high}}\n    rates: {audio_input: 3.00 USD / 1M tokens}"
    found = problems(sheet_of(model="default_options: {detail: low}", rates=rates, entry=variant))
    assert "audio_input" in found[0].message


# Sheets that are too much


@pytest.mark.parametrize(
    ("count", "variant"),
    [
        pytest.param(300, '{{input_tokens: ">= {low}, < {high}"}}', id="300 tiers"),
        pytest.param(200, "{{terms: t{number}}}", id="200 terms"),
    ],
)
def test_hundreds_of_variants_are_checked_soon(count: int, variant: str) -> None:
    """More variants than any vendor has are checked in reasonable time."""
    lines = [
        f"  - when: {variant.format(number=n, low=n * 10 + 10, high=n * 10 + 20)}\n    rates: {RATES}"
        for n in range(count)
    ]
    with soon():
        sound(sheet_of(entry="variants:\n" + "\n".join(lines)))


def test_many_tiers_are_taken_or_refused_soon() -> None:
    """A sheet cannot keep the program busy by the number of its variants."""
    lines = [f'  - when: {{input_tokens: ">= {n * 10 + 10}, < {n * 10 + 20}"}}\n    rates: {RATES}' for n in range(600)]
    with soon():
        document, sheet = check(sheet_of(entry="variants:\n" + "\n".join(lines)))
    assert sheet is not None or document.problems


def test_variants_with_hundreds_of_dates_are_taken_or_refused_soon() -> None:
    """A sheet cannot keep the program busy by the number of days on which something changes."""
    lines = [
        f"  - when: {{terms: t{n}}}\n    effective_from: {date(2026, 1, 1) + timedelta(days=n)}\n    rates: {RATES}"
        for n in range(300)
    ]
    with soon():
        document, sheet = check(sheet_of(entry="variants:\n" + "\n".join(lines)))
    assert sheet is not None or document.problems


def test_more_situations_than_are_looked_at_are_not_called_sound() -> None:
    """Where there are too many situations to look at each, the sheet is refused: what was not checked is not sound."""
    count = "1.00 USD / 1K requests"
    variants = [(f"{{terms: t{n}}}", RATES) for n in range(8)]
    variants.append(("{terms: t9}", "{input: 1.00 USD / 1M tokens}"))
    variants += [(f'{{input_tokens: ">= {n}0, < {n + 1}0"}}', f"{{requests: {count}}}") for n in range(1, 9)]
    variants += [(f"{{mode: m{n}}}", f"{{web_searches: {count}}}") for n in range(8)]
    kinds = [f"{side}: [{kind}]" for side in ("input", "output") for kind in ("audio", "image", "video")]
    meters = ["file_searches: 1.00 USD / request", "images: 1.00 USD / image", "characters: 1.00 USD / character"]
    meters += ["pages: 1.00 USD / page", "audio_seconds: 1.00 USD / second", "video_seconds: 1.00 USD / second"]
    variants += [(f"{{modalities: {{{kind}}}}}", f"{{{rate}}}") for kind, rate in zip(kinds, meters, strict=True)]
    lines = [f"  - when: {when}\n    rates: {rates}" for when, rates in variants]
    with soon(60):
        problems(sheet_of(model="default_mode: m0", entry="variants:\n" + "\n".join(lines)))


def test_three_thousand_models_are_checked_soon() -> None:
    """A sheet of three thousand models is checked in seconds."""
    models = "".join(
        f"  - id: m{n}\n    prices: [{{checked_on: 2026-01-01, source: 'https://example.com', rates: {RATES}}}]\n"
        for n in range(3000)
    )
    with soon():
        assert len(sound(f"{HEAD}models:\n{models}")["models"]) == 3000


def test_each_entry_is_built_once_for_all_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many checks look at what an entry means, it is made from its text once."""
    built: list[Any] = []
    make = meaning.build_version
    monkeypatch.setattr(meaning, "build_version", lambda *each: built.append(each) or make(*each))
    models = "".join(
        f"  - id: m{n}\n    prices: [{{checked_on: 2026-01-01, source: 'https://example.com', rates: {RATES}}}]\n"
        for n in range(30)
    )
    sound(f"{HEAD}models:\n{models}")
    assert len(built) == 30


@pytest.mark.parametrize("count", [60, 5000])
def test_options_that_multiply_are_refused_soon(count: int) -> None:
    """Settings whose combinations nobody could look at are refused before they are multiplied out."""
    options = {f"o{n}": "a" for n in range(count)}
    lines = [f"  - {{when: {{options: {{o{n}: b}}}}, rates: {{input: 2 USD / 1M tokens}}}}" for n in range(count)]
    with soon():
        found = problems(
            sheet_of(model=f"default_options: {json.dumps(options)}", entry="variants:\n" + "\n".join(lines))
        )
    assert "tell too many situations apart" in found[0].message


def test_thousands_of_policies_are_checked_soon() -> None:
    """Cache policies are told apart by one look at each; one that is listed twice is still found."""
    policies = [{"kind": "explicit", "minimum_tokens": str(n + 1)} for n in range(8000)]
    with soon():
        sound(sheet_of(model=f"cache: {json.dumps(policies)}"))
        found = problems(sheet_of(model=f"cache: {json.dumps([*policies, policies[5]])}"))
    assert [each.message for each in found] == ["the same cache policy is listed twice"]


@pytest.mark.parametrize("where", ["model", "entry", "rates"])
def test_thousands_of_unknown_keys_are_refused_soon(where: str) -> None:
    """Not every unknown key is looked up: as many problems are listed as are read, and that there are more."""
    keys = {f"k{n}": "1" for n in range(9000)}
    text = json.dumps(keys) if where == "rates" else "\n".join(f"{key}: '1'" for key in keys)
    with soon(5):
        document, sheet = check(sheet_of(**{where: text}))
    assert (sheet, len(document.problems)) == (None, 50)
    assert document.all_problems()[-1].message == "more problems in this file"


def test_sixty_four_aliases_are_checked_as_if_written_out() -> None:
    """A sheet may use as many aliases as the limit, and each stands for its value."""
    models = "".join(
        f"  - id: m{n}\n    prices: [{{checked_on: 2026-01-01, source: 'https://example.com', rates: *rates}}]\n"
        for n in range(64)
    )
    text = f"{sheet_of(rates=f'&rates {RATES}')}{models}"
    assert {str(m["prices"][0]["rates"]) for m in sound(text)["models"]} == {
        str({"input": "1.00 USD / 1M tokens", "output": "2.00 USD / 1M tokens"})
    }
    assert problems(text + models.replace("m0", "n0").split("  - id: m1\n")[0])[0].message == "more than 64 aliases"


def test_a_fault_behind_an_alias_is_reported_where_it_was_written() -> None:
    """A fault in an anchored value is shown at the anchor, where it has to be mended."""
    text = sheet_of(rates="&rates {input: 1.00, output: 2.00 USD / 1M tokens}")
    text += "  - id: other\n    prices:\n" + ENTRY + "        rates: *rates\n"
    assert {problem.line for problem in problems(text)} == {10}


@pytest.mark.parametrize("key", ["1", "1.5", "''", "no", "null", "~", "2026-01-01", "'{}'", "=1+1"])
def test_a_key_of_any_spelling_is_refused_as_unknown(key: str) -> None:
    """Keys that other readers take for numbers, dates or nothing are texts, and unknown ones."""
    shown = key.strip("'")
    for place, line in (
        (sheet_of(head=f"{key}: x\n"), 5),
        (sheet_of(model=f"{key}: x"), 7),
        (sheet_of(f"{key}: x"), 11),
    ):
        (problem,) = problems(place)
        assert problem.message == f'unknown key "{shown}"'
        assert problem.line == line


def test_a_sheet_of_any_other_kind_is_refused() -> None:
    """Only known kinds are read."""
    for kind in ("workload", "API", "api ", "Api", "no", "1"):
        assert problems(f"kind: {kind!r}\n")[0].message == f'unknown kind "{kind}"'


# Random sheets


def _steps(draw: st.DrawFn, plain: Any) -> tuple[Any, ...]:
    return draw(st.sampled_from([path for path in _paths(plain) if path]))


def _parent(plain: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        plain = plain[step]
    return plain


SCALARS = st.sampled_from([value for value in STRANGE if not isinstance(value, (list, dict))]) | st.text(max_size=12)
KEYS = st.sampled_from("xyz12")
SHALLOW = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(KEYS, SCALARS, max_size=3)
VALUES = SCALARS | st.lists(SHALLOW, max_size=3) | st.dictionaries(KEYS, SHALLOW, max_size=3)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A sound sheet in which a few keys were taken away, values replaced, or two values swapped."""
    base = draw(st.sampled_from([RICH, NIGHT, FX]))
    plain = copy.deepcopy(base)
    if len(plain.get("models", ())) > 1:
        plain["models"] = [draw(st.sampled_from(plain["models"]))]
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        path = _steps(draw, plain)
        parent = _parent(plain, path)
        action = draw(st.sampled_from(["delete", "replace", "swap", "add"]))
        if action == "delete":
            del parent[path[-1]]
        elif action == "replace":
            parent[path[-1]] = draw(VALUES)
        elif action == "add":
            target = parent[path[-1]]
            if isinstance(target, dict):
                target[draw(st.sampled_from(["note", "when", "rates", "x", "terms", "place", "1"]))] = draw(VALUES)
            elif isinstance(target, list):
                target.append(draw(VALUES))
        else:
            other = _steps(draw, plain)
            second = _parent(plain, other)
            if path[: len(other)] != other and other[: len(path)] != path:
                parent[path[-1]], second[other[-1]] = second[other[-1]], parent[path[-1]]
        if not isinstance(plain, dict) or not any(path for path in _paths(plain) if path):
            break
    return plain


@given(mutated())
@examples(1.5)
def test_a_sheet_with_random_faults_is_sound_or_has_messages(plain: Any) -> None:
    """Whatever happens to a sound sheet, it is sound and can be used, or each of its problems has a message."""
    try_out(plain)


@given(st.binary(max_size=200))
@examples(1.5)
def test_random_bytes_are_no_crash(raw: bytes) -> None:
    """Any bytes at all are read or refused."""
    document, sheet = check(raw)
    assert sheet is not None or document.problems


@given(st.text(alphabet="ab:- \n[]{},&*!|>'\"%@#?\\<=1\t", max_size=80))
@examples(2.5)
def test_random_signs_of_yaml_are_no_crash(text: str) -> None:
    """Any jumble of YAML's signs is read or refused, and a problem points into the file."""
    document, sheet = check(text)
    assert sheet is not None or document.problems
    for problem in document.problems:
        assert problem.render()
        assert problem.line <= text.count("\n") + 2


def test_what_is_tried_out_is_what_is_meant() -> None:
    """The rich sheets are sound when written as these tests write them, so the faults are the tests' own."""
    for plain in (RICH, NIGHT, FX):
        assert try_out(plain)
    assert yaml.safe_load(written(FX)) == FX
