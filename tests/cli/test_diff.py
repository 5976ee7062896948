"""`llmcost diff`: two results, two workloads, two price folders or two dates, on the small world."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import SMALL
from support.running import THOUSAND_IN, Run, records_of, rows_of

ASK = (*THOUSAND_IN, "-m", "example-small")


def result(llmcost_small: Run, path: Path, *arguments: str) -> str:
    ran = llmcost_small("compare", *arguments, "-f", "json", "-o", str(path))
    assert ran.code == 0, ran.err
    return str(path)


def test_two_results(llmcost_small: Run, llmcost: Run, tmp_path: Path) -> None:
    """1M requests of 1,000 in and 1.2M of 1,500: 900 to 1,380; input 100 of volume and 300 of mix, output 80."""
    base = result(llmcost_small, tmp_path / "a.json", *ASK)
    head = result(llmcost_small, tmp_path / "b.json", *ASK, "--requests", "1.2M", "--input", "1500")
    ran = llmcost("diff", base, head)
    assert ran.code == 0
    assert "example-ai/example-small@global: 900.00 → 1,380.00, +480.00 (+53.33%)" in ran.out
    assert "+100.00  input   volume" in ran.out
    assert "+300.00  input   mix" in ran.out
    assert "+80.00  output  volume" in ran.out
    rows = records_of(llmcost("diff", base, head, "-f", "csv").out)
    assert [(row["meter"], row["reason"], row["amount"]) for row in rows] == [
        ("input", "volume", "100.000000"),
        ("input", "mix", "300.000000"),
        ("output", "volume", "80.000000"),
    ]


def test_two_dates(llmcost_small: Run) -> None:
    """The price of December is set against that of September; the parts add up to the difference."""
    ran = llmcost_small("diff", *ASK, "--to", "2026-12-15", "-f", "json")
    data = json.loads(ran.out)
    (row,) = data["rows"]
    assert set(row["by_reason"]) == {"price"}
    assert sum(Fraction(each["amount"]) for each in row["effects"]) == Fraction(row["difference"])
    assert (data["base"]["on"], data["head"]["on"]) == ("2026-09-15", "2026-12-15")
    assert "USD / 1M tokens → " in llmcost_small("diff", *ASK, "--to", "2026-12-15").out


def test_a_price_that_begins_to_depend_on_the_hour_is_another_price(llmcost: Run, tmp_path: Path) -> None:
    """2 at all hours, then 3 and on weekdays 6 for 4 of 24: of a million tokens, (148 x 3 + 20 x 6) / 168 instead of 2."""
    head = "kind: api\nseller: s\nname: S\ndefault_place: p\nmodels:\n  - id: m\n    prices:\n"
    entry = "      - {{effective_from: {}, checked_on: 2026-09-01, source: https://x.example, rates: {{input: {} USD / 1M tokens}}{}}}\n"
    hours = "{weekdays: mon-fri, from: '01:00', to: '05:00', timezone: UTC}"
    peak = f", variants: [{{when: {{time: [{hours}]}}, rates: {{input: 6 USD / 1M tokens}}}}]"
    sheet = tmp_path / "s.yaml"
    sheet.write_text(head + entry.format("2026-01-01", 2, "") + entry.format("2026-08-01", 3, peak), encoding="utf-8")
    world = ("--no-builtin-prices", "--prices", str(sheet), "-m", "m", "--requests", "1", "--input", "1M")
    ran = llmcost("diff", *world, "--on", "2026-07-01", "--to", "2026-09-01", "-f", "json")
    (row,) = rows_of(ran.out)
    assert row["by_reason"] == {"price": "1.357142857143"}  # 564 / 168 - 2


def test_two_workload_files(llmcost_small: Run, tmp_path: Path) -> None:
    """A request beyond a tier's edge moves to dearer rates: the tier has its own line."""
    for name, size in (("a", "150k"), ("b", "250k")):
        (tmp_path / f"{name}.yaml").write_text(
            f"kind: workload\nclasses: [{{requests: 1000, input_tokens: {size}, output_tokens: 100}}]\n",
            encoding="utf-8",
        )
    ran = llmcost_small(
        "diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "-m", "example-large-2026", "-f", "json"
    )
    (row,) = rows_of(ran.out)
    # 150M at 4 is 600, 250M at 4 is 1,000, and at 8 it is 2,000; output 100k at 20, then at 30
    assert row["by_reason"] == {"mix": "400.000000", "tier": "1001.000000"}


def test_two_price_folders(llmcost: Run, tmp_path: Path) -> None:
    """A sheet that was edited: what its prices do to the workload."""
    for side in ("old", "new"):
        shutil.copytree(SMALL, tmp_path / side)
    sheet = tmp_path / "new" / "example-ai.yaml"
    sheet.write_text(
        sheet.read_text(encoding="utf-8").replace("0.50 USD / 1M tokens", "0.60 USD / 1M tokens"), encoding="utf-8"
    )
    ran = llmcost(
        "diff",
        str(tmp_path / "old"),
        str(tmp_path / "new"),
        *ASK,
        "--on",
        "2026-09-15",
        "--no-builtin-prices",
        "--exit-code",
    )
    assert ran.code == 1, ran.err
    assert "+100.00  input  price, other prices: 0.50 USD / 1M tokens → 0.60 USD / 1M tokens" in ran.out
    same = llmcost(
        "diff",
        str(tmp_path / "old"),
        str(tmp_path / "old"),
        *ASK,
        "--on",
        "2026-09-15",
        "--no-builtin-prices",
        "--exit-code",
    )
    assert (same.code, same.out.splitlines()[-1]) == (0, "1 offer as before")


def test_an_offer_that_came_or_went_is_said(llmcost_small: Run, llmcost: Run, tmp_path: Path) -> None:
    """What stands in one result only has no difference, and is never counted as zero."""
    base = result(llmcost_small, tmp_path / "a.json", *ASK)
    head = result(llmcost_small, tmp_path / "b.json", *ASK[:-1], "example-large-2026")
    ran = llmcost("diff", base, head)
    assert "example-ai/example-small@global: 900.00 → not there" in ran.out
    assert "example-ai/example-large-2026@global: not there → " in ran.out
    comment = llmcost("diff", base, head, "-f", "markdown").out
    assert [line.split("|")[-2].strip() for line in comment.splitlines() if "example-ai/" in line] == ["gone", "new"]
    assert json.loads(llmcost("diff", base, head, "-f", "json").out)["complete"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "diff needs two sides"),
        (("a.json",), "diff needs two sides"),
        (("a.json", "work.yaml"), "a.json is of kind result and work.yaml of kind workload"),
        (("a.json", "b.json", "--to", "2026-12-01"), "two dates are compared for one workload"),
        (("a.json", "lost.json"), "cannot read lost.json"),
        (("work.yaml", "lost.yaml"), "cannot read lost.yaml"),
        (("a.json", "euros.json"), "a.json is in USD, euros.json in EUR"),
        (("a.json", "list.json"), "list.json holds no result of llmcost"),
    ],
)
def test_what_cannot_be_compared_ends_with_2(
    llmcost_small: Run,
    llmcost: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """Two kinds, two currencies, a missing file: the reason, and nothing on stdout."""
    monkeypatch.chdir(tmp_path)
    result(llmcost_small, tmp_path / "a.json", *ASK)
    result(llmcost_small, tmp_path / "euros.json", *ASK, "--currency", "EUR")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    (tmp_path / "work.yaml").write_text("kind: workload\nclasses: [{requests: 1, input_tokens: 1}]\n", encoding="utf-8")
    ran = llmcost("diff", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize("numbers", [(743307, 582471, 649117), (72431, 715562, 1000003), (1, 7, 999983)])
def test_what_is_written_adds_up_to_the_last_digit(
    llmcost_small: Run, tmp_path: Path, numbers: tuple[int, int, int]
) -> None:
    """Effects whose parts have no last digit are written so that they make the difference, by reason as well."""
    first, second, third = numbers
    classes = {
        "a": [(first, 56396, 6120), (second, 287316, 5950)],
        "b": [(second, 268000, 499), (third, 163547, 7299), (first, 71316, 2553)],
    }
    for name, kinds in classes.items():
        lines = [
            f"  - {{name: c{place}, requests: {count}, input_tokens: {size}, output_tokens: {answer}}}"
            for place, (count, size, answer) in enumerate(kinds)
        ]
        text = "\n".join(["kind: workload", "classes:", *lines])
        (tmp_path / f"{name}.yaml").write_text(text + "\n", encoding="utf-8")
    sides = (str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"))
    for currency in ("USD", "EUR", "CNY"):
        ask = ("diff", *sides, "-m", "example-large", "--currency", currency)
        (row,) = rows_of(llmcost_small(*ask, "-f", "json").out)
        difference = Fraction(row["difference"])
        assert sum(Fraction(each["amount"]) for each in row["effects"]) == difference
        assert sum(map(Fraction, row["by_reason"].values())) == difference
        lines = records_of(llmcost_small(*ask, "-f", "csv").out)
        assert sum(Fraction(each["amount"]) for each in lines) == difference


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pipe a text into the next run."""

    def feed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return feed


def test_one_side_may_be_piped_in(llmcost_small: Run, tmp_path: Path, pipe: Callable[[str], None]) -> None:
    """`git show main:work.yaml | llmcost diff - work.yaml`, and results likewise, on either side."""
    texts = {size: f"kind: workload\nclasses: [{{requests: 1M, input_tokens: {size}}}]\n" for size in ("1000", "3000")}
    (tmp_path / "work.yaml").write_text(texts["3000"], encoding="utf-8")
    result(llmcost_small, tmp_path / "now.json", *ASK)
    saved = (tmp_path / "now.json").read_text(encoding="utf-8")
    work, now = str(tmp_path / "work.yaml"), str(tmp_path / "now.json")
    for text, sides, said in (
        (texts["1000"], ("-", work), "500.00 → 1,500.00"),
        (texts["1000"], (work, "-"), "1,500.00 → 500.00"),
        (saved, ("-", now), "1 offer as before"),
        (saved, (now, "-"), "1 offer as before"),
    ):
        pipe(text)
        model = ("-m", "example-small") if work in sides else ()
        ran = llmcost_small("diff", *sides, *model)
        assert (ran.code, said in ran.out) == (0, True), ran.err


def test_what_is_piped_in_is_there_for_both_dates(llmcost_small: Run, pipe: Callable[[str], None]) -> None:
    """One workload, read once, is priced twice."""
    pipe("kind: workload\nclasses: [{requests: 1M, input_tokens: 1000}]\n")
    ran = llmcost_small("diff", "-", "--to", "2026-12-15", "-m", "example-small")
    assert ran.code == 0, ran.err
    assert "example-ai/example-small@global" in ran.out


@pytest.mark.parametrize(
    ("text", "sides", "said"),
    [
        ("", ("-", "-"), "both sides are stdin"),
        ("{", ("-", "now.json"), "<stdin> is not JSON"),
        ("[]", ("-", "now.json"), "<stdin> holds no result of llmcost"),
        ("a: 1", ("work.yaml", "-"), "<stdin>:1:1: "),
        ("kind: api", ("-", str(SMALL)), "price sheets are read from files, not from stdin"),
    ],
)
def test_what_cannot_be_piped_in_is_refused(
    llmcost_small: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pipe: Callable[[str], None],
    text: str,
    sides: tuple[str, ...],
    said: str,
) -> None:
    """Twice, prices, or something else than the other side is: 2, with the reason."""
    monkeypatch.chdir(tmp_path)
    result(llmcost_small, tmp_path / "now.json", *ASK)
    (tmp_path / "work.yaml").write_text("kind: workload\nclasses: [{requests: 1, input_tokens: 1}]\n", encoding="utf-8")
    pipe(text)
    ran = llmcost_small("diff", *sides)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
