"""CSV dialects, rows of charges, workbooks and FOCUS: the same figures everywhere, and no cell that runs."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from support.running import Run, records_of, rows_of

from llmcost import Usage, Workload, compare
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.reports.formats.csv import DIALECTS, render_csv, render_tsv
from llmcost.reports.formats.xlsx import render_xlsx
from llmcost.reports.views.comparison import Table

ASK = ("--requests", "1k", "--input", "1234", "--output", "77", "--cache-read", "10%")
COMPARED = ("compare", "-m", "example-large", "-m", "example-small", "-m", "night-cloud/night-riddle@cn", *ASK)
PAYLOADS = [
    "=1+1",
    '=HYPERLINK("http://x.example","x")',
    '=WEBSERVICE("http://x.example")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1+1",
    "   @SUM(1)",
    "\u00a0=1+1",
    "\u3000＝1",
    "\u200b=1+1",
    " \n=1+1",
    "-12abc",
    "- 5",
    "+5",
]


def parsed(text: str, dialect: str) -> list[dict[str, str]]:
    form = DIALECTS[dialect]
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=form.delimiter)
    return [{key: cell.replace(form.decimal_mark, ".") for key, cell in line.items()} for line in lines]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("wide", [(), ("--wide",)])
def test_every_dialect_holds_the_same_cells(llmcost_small: Run, dialect: str, wide: tuple[str, ...]) -> None:
    """Dialects differ in marks alone: read by their own rules, all give the cells of the usual one."""
    usual = llmcost_small(*COMPARED, "--currency", "USD", *wide, "-f", "csv").out
    written = llmcost_small(*COMPARED, "--currency", "USD", *wide, "-f", "csv", "--csv-dialect", dialect).out
    plain = [{key: cell.replace(",", ".") for key, cell in row.items()} for row in parsed(usual, "unix")]
    found = [{key: cell.replace(",", ".") for key, cell in row.items()} for row in parsed(written, dialect)]
    assert len(found) == len(plain) > 2
    assert found == plain


def test_dialects_have_the_marks_their_programs_want(llmcost_small: Run) -> None:
    """excel: a mark at the start and CRLF; excel-eu: semicolons and decimal commas too; rfc4180: CRLF alone."""
    texts = {
        name: llmcost_small(*COMPARED, "--currency", "USD", "-f", "csv", "--csv-dialect", name).out for name in DIALECTS
    }
    assert {name for name, text in texts.items() if text.startswith("\ufeff")} == {"excel", "excel-eu"}
    assert {name for name, text in texts.items() if "\r\n" in text} == {"rfc4180", "excel", "excel-eu"}
    assert texts["unix"] == texts["rfc4180"].replace("\r\n", "\n")
    head, _, second, *_ = texts["excel-eu"].removeprefix("\ufeff").split("\r\n")
    assert head.startswith("rank;offer;kind;seller;model;place;terms;currency;monthly_cost;")
    # 1,234 in, 123.4 of them cached, and 77 out: 1,110.6 × 0.50 + 123.4 × 0.05 + 77 × 2.00 = 715.47 USD / 1M requests
    assert ";example-small;global;standard;USD;0,715470;" in second


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("dialect", [*DIALECTS, "tsv"])
def test_no_text_begins_as_a_formula(payload: str, dialect: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe in every dialect; nothing else of it changes."""
    table = Table(("offer", "cost"), ((payload, "-1.500000"),), frozenset({"cost"}))
    text = render_tsv(table) if dialect == "tsv" else render_csv(table, dialect=DIALECTS[dialect])
    delimiter = "\t" if dialect == "tsv" else DIALECTS[dialect].delimiter
    row = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1]
    assert row[0] == f"'{payload}".replace("\r", "\n")
    assert row[1] == ("-1,500000" if dialect == "excel-eu" else "-1.500000")


def test_text_in_a_column_of_figures_is_guarded_too() -> None:
    """Only a figure is left as it is in a column of figures."""
    table = Table(("cost",), (("=1+1",), ("-1+2",), ("1e5",), ("-7",)), frozenset({"cost"}))
    assert render_csv(table, header=False).splitlines() == ["'=1+1", "'-1+2", "1e5", "-7"]


@pytest.mark.parametrize("text", ["-5", "-0.25", "12", "a=1", " a", "a -1", "", "1-2"])
def test_what_no_spreadsheet_runs_stays_as_it_is(text: str) -> None:
    """A negative number is a number wherever it stands, and a sign inside a text is one."""
    assert next(csv.reader(io.StringIO(render_csv(Table(("note", "b"), ((text, "x"),)), header=False))))[0] == text


def test_a_figure_with_decimals_has_at_least_six() -> None:
    """Where a point marks thousands, 0.125 would be read as 125; six decimals are read as text, never wrongly."""
    table = Table(("price",), (("0.125",), ("3",), ("0.1234567",)), frozenset({"price"}))
    assert render_csv(table, header=False).split() == ["0.125000", "3", "0.1234567"]


def test_text_that_looks_like_a_figure_stays_as_it_is() -> None:
    """Only columns of figures get decimals and a decimal comma: a version or an id is text."""
    table = Table(("offer", "cost"), (("3.6", "3.6"),), frozenset({"cost"}))
    assert render_csv(table, header=False, dialect=DIALECTS["excel-eu"]) == "\ufeff3.6;3,600000\r\n"


def test_figures_of_fleets_get_the_decimal_mark_too(llmcost_small: Run) -> None:
    """Columns that only self-hosted rows have are columns of figures: load, replicas, the cost of a million tokens."""
    ask = ("-m", "self/pebble-8b:fp8@grid/ax1", *ASK, "--peak-to-mean", "2", "-f", "csv")
    usual = parsed(llmcost_small("compare", *ask).out, "unix")[0]
    written = llmcost_small("compare", *ask, "--csv-dialect", "excel-eu").out
    assert usual["load"].startswith("0.0")
    assert f";{usual['load'].replace('.', ',')};" in written
    assert f";{usual['cost_per_1m_output_tokens'].replace('.', ',')};" in written


def test_the_charges_of_an_offer_add_up_to_its_cost(llmcost_small: Run) -> None:
    """Rows of --wide are the charges of the JSON: each quantity times its price, and their sum the offer's cost."""
    rows = rows_of(llmcost_small(*COMPARED, "--currency", "EUR", "-f", "json").out)
    wide = records_of(llmcost_small(*COMPARED, "--currency", "EUR", "--wide", "-f", "csv").out)
    for row in rows:
        mine = [line for line in wide if line["offer"] == row["offer"]]
        assert [line["meter"] for line in mine] == [charge["meter"] for charge in row["charges"]]
        assert sum(Decimal(line["cost"]) for line in mine) == pytest.approx(
            Decimal(row["monthly_cost"]), abs=Decimal("1e-11")
        )
        for line in mine:
            cost = Decimal(line["pricing_quantity"]) * Decimal(line["unit_price"]) * Decimal(line["exchange_rate"])
            assert cost == pytest.approx(Decimal(line["cost"]), rel=Decimal("1e-9"))


def test_a_gap_is_a_row_without_a_cost(llmcost_small: Run) -> None:
    """A pivot table shows where a sum has a hole: the meter, how much of it, and why there is no price."""
    ran = llmcost_small(
        "compare", "-m", "example-small", *ASK, "--web-searches", "2", "--allow-unpriced", "--wide", "-f", "csv"
    )
    rows = records_of(ran.out)
    gaps = [row for row in rows if row["gap"]]
    assert ran.code == 0
    assert [(row["meter"], row["quantity"], row["gap"]) for row in gaps] == [
        ("web_searches", "2000", "no rate for web_searches")
    ]
    assert all(row["cost"] == row["list_cost"] == "" for row in gaps)
    assert all(row["cost"] for row in rows if not row["gap"])


def test_a_contracted_charge_shows_what_the_list_says(llmcost_small: Run) -> None:
    """Of a negotiated rate both costs stand in the row: 15 % off 4.00 USD is 3.40 USD / 1M tokens."""
    ask = ("--requests", "1M", "--input", "1000", "--output", "0", "--discount", "example-ai input -15%")
    ran = llmcost_small(
        "compare", "-m", "example-large", *ask, "--wide", "-f", "csv", "--columns", "cost,list_cost,unit_price"
    )
    assert ran.out.splitlines() == ["cost,list_cost,unit_price", "3400.000000,4000.000000,3.400000"]


def test_a_list_cost_is_at_the_place_and_in_the_currency_of_its_row(llmcost_small: Run) -> None:
    """At a place with 10 % on top: 1,000M × 0.50 × 1.1 is 550 USD by the list, 440 USD after a fifth off.

    In euro both are converted alike.
    """
    ask = ("--requests", "1M", "--input", "1000", "--output", "0", "--discount", "example-ai -20%")
    columns = ("--wide", "-f", "csv", "--columns", "cost,list_cost,exchange_rate")
    ran = llmcost_small("compare", "-m", "example-small@eu", *ask, *columns)
    assert ran.out.splitlines()[1] == "440.000000,550.000000,"
    euro = llmcost_small("compare", "-m", "example-small@eu", *ask, *columns, "--currency", "EUR")
    cost, listed, rate = (Decimal(cell) for cell in euro.out.splitlines()[1].split(","))
    assert cost == pytest.approx(440 * rate, rel=Decimal("1e-9"))
    assert listed == pytest.approx(550 * rate, rel=Decimal("1e-9"))


@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        ("example-small", "its context window of 128000 tokens is smaller than the input of 500000"),
        ("example-retired", "withdrawn on 2026-09-01"),
    ],
)
def test_an_offer_that_cannot_serve_has_a_row_too(llmcost_small: Run, offer: str, reason: str) -> None:
    """Its reason stands where gaps do, once, so that no offer is lost from a pivot table."""
    ask = ("--requests", "2", "--input", "500k", "--output", "1", "--allow-unpriced", "--wide", "-f", "csv")
    rows = parsed(llmcost_small("compare", "-m", offer, *ask).out, "unix")
    assert [(row["cost"], row["gap"]) for row in rows] == [("", reason)]


@pytest.fixture
def mixed(tmp_path: Path) -> str:
    """A workload one class of which goes to another seller."""
    file = tmp_path / "mixed.yaml"
    file.write_text(
        "kind: workload\nclasses:\n"
        "  - {name: free, requests: 1k / month, input_tokens: 1000, output_tokens: 100}\n"
        "  - {name: fixed, requests: 1k / month, input_tokens: 10, output_tokens: 1,"
        " offer: night-cloud/night-riddle@cn}\n",
        encoding="utf-8",
    )
    return str(file)


def test_a_charge_of_another_offer_names_it(llmcost_small: Run, mixed: str) -> None:
    """In a row that holds several offers, each charge says whose it is, and FOCUS who is paid."""
    ask = ("compare", mixed, "-m", "example-small", "--currency", "USD")
    rows = parsed(llmcost_small(*ask, "--wide", "-f", "csv").out, "unix")
    assert [row["charged_by"] for row in rows] == ["", "", *["night-cloud/night-riddle@cn"] * 2]
    lines = records_of(llmcost_small(*ask, "-f", "focus").out)
    assert [line["Provider"] for line in lines] == ["Example AI", "Example AI", "night-cloud", "night-cloud"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--wide",), "--wide has no effect with table\n  it is for markdown, csv and tsv"),
        (("--wide", "-f", "xlsx"), "--wide has no effect with xlsx\n  it is for markdown, csv and tsv"),
        (("--wide", "-f", "csv", "--vary", "input=1k..2k"), "--wide has no effect with --vary"),
        (("--wide", "-f", "csv", "--columns", "monthly_cost"), "columns of --wide: rank, offer"),
        (("-f", "csv", "--csv-dialect", "lotus"), "write one of: unix, rfc4180, excel, excel-eu"),
        (("-f", "json", "--csv-dialect", "excel"), "--csv-dialect has no effect with json"),
        (("-f", "focus", "--months", "2"), "leave out --months"),
        (("-f", "focus", "--columns", "BilledCost"), "--columns has no effect with focus"),
        (("-f", "json", "--columns", "offer"), "--columns has no effect with json"),
        (("-f", "csv", "-o", "costs.xlsx"), "costs.xlsx would hold csv, not xlsx"),
        (("-f", "json", "-o", "costs.csv"), "costs.csv would hold json, not csv"),
        (("-o", "costs.pdf"), "what costs.pdf is to hold is not known by its ending"),
        (("-o", "costs.csv.gz"), "what costs.csv.gz is to hold is not known by its ending"),
        (("-o", "costs.xml"), "costs.xml: junit is not known here\n  write one of: table, markdown"),
        (("-o", "500"), "-o 500 would write a file called 500"),
        (("-o", "2k"), "-o 2k would write a file called 2k"),
        (("-o", "0.5"), "-o 0.5 would write a file called 0.5"),
        (("-o", "30%"), "-o 30% would write a file called 30%"),
        (("-o", "p50=3k,p95=60k"), "-o p50=3k,p95=60k would write a file called p50=3k,p95=60k"),
    ],
)
def test_what_does_not_go_together_is_refused(llmcost_small: Run, arguments: tuple[str, ...], said: str) -> None:
    """A flag without effect is an error, not a silence."""
    ran = llmcost_small(*COMPARED, "--currency", "USD", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("costs.csv", "rank,offer,kind"),
        ("COSTS.CSV", "rank,offer,kind"),
        ("costs.tsv", "rank\toffer\tkind"),
        ("costs.json", "{\n"),
        ("costs.jsonl", '{"on"'),
        ("costs.md", "|   rank |"),
        ("costs.markdown", "|   rank |"),
        ("costs.Csv", "rank,offer,kind"),
        ("costs.txt", "Monthly cost in USD"),
        ("costs", "Monthly cost in USD"),
        ("tmp.Ab12xY", "Monthly cost in USD"),
        ("costs.2026", "Monthly cost in USD"),
    ],
)
def test_a_file_is_written_in_the_format_of_its_ending(
    llmcost_small: Run, tmp_path: Path, name: str, begins: str
) -> None:
    """Without -f the ending of -o decides, and what was written is said."""
    file = tmp_path / name
    ran = llmcost_small(*COMPARED, "--currency", "USD", "-o", str(file))
    assert (ran.code, ran.out) == (0, "")
    assert file.read_text(encoding="utf-8").startswith(begins)
    assert f"llmcost: wrote {file}\n" in ran.err


def test_a_named_format_may_have_a_file_of_any_free_ending(llmcost_small: Run, tmp_path: Path) -> None:
    """-f decides where the ending stands for nothing else."""
    file = tmp_path / "costs.data"
    assert llmcost_small(*COMPARED, "--currency", "USD", "-f", "csv", "-o", str(file)).code == 0
    assert file.read_text(encoding="utf-8").startswith("rank,offer")


def workbook(llmcost_small: Run, folder: Path, *arguments: str) -> Path:
    file = folder / "costs.xlsx"
    ran = llmcost_small(*COMPARED, "--currency", "USD", *arguments, "-f", "xlsx", "-o", str(file))
    assert ran.code == 0, ran.err
    return file


def test_a_workbook_holds_figures_as_numbers_and_nothing_that_runs(llmcost_small: Run, tmp_path: Path) -> None:
    """Three sheets; every figure is a number equal to the JSON's, and no cell is a formula or a link."""
    rows = rows_of(llmcost_small(*COMPARED, "--currency", "USD", "-f", "json").out)
    book = openpyxl.load_workbook(workbook(llmcost_small, tmp_path))
    assert book.sheetnames == ["offers", "charges", "about"]
    assert {cell.data_type for sheet in book for line in sheet for cell in line} <= {"n", "s"}
    assert not [cell for sheet in book for line in sheet for cell in line if cell.hyperlink]
    head, *lines = [[cell.value for cell in line] for line in book["offers"]]
    costs = [Decimal(str(dict(zip(head, line, strict=True))["monthly_cost"])) for line in lines]
    assert [float(cost) for cost in costs] == [float(row["monthly_cost"]) for row in rows]
    charges = [[cell.value for cell in line] for line in book["charges"]]
    assert len(charges) - 1 == sum(len(row["charges"]) for row in rows)


def test_the_same_result_makes_the_same_workbook(llmcost_small: Run, tmp_path: Path) -> None:
    """No clock is in the file: written twice it has the same bytes, and its day is that of the prices."""
    first = workbook(llmcost_small, tmp_path).read_bytes()
    assert workbook(llmcost_small, tmp_path).read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert b"2026-09-15T00:00:00Z" in archive.read("docProps/core.xml")


def test_text_of_a_sheet_runs_nowhere(tmp_path: Path, llmcost: Run) -> None:
    """A rule in a price sheet that looks like a formula stays text in a workbook, and is guarded in every CSV."""
    sheet = tmp_path / "evil.yaml"
    sheet.write_text(
        "kind: api\nseller: evil\nname: Evil\ndefault_place: here\nmodels:\n  - id: evil\n    prices:\n"
        "      - checked_on: 2026-09-01\n        source: https://x.example\n        place: here\n"
        "        rates: {input: {rate: 1 USD / 1M tokens, derived: '=1+1'}, output: 1 USD / 1M tokens}\n",
        encoding="utf-8",
    )
    ask = ("compare", "-m", "evil", "--requests", "1", "--input", "1", "--output", "1", "--on", "2026-09-15")
    own = ("--prices", str(sheet), "--no-builtin-prices")
    assert llmcost(*ask, *own, "-f", "xlsx", "-o", str(tmp_path / "evil.xlsx")).code == 0
    cells = [cell for page in openpyxl.load_workbook(tmp_path / "evil.xlsx") for line in page for cell in line]
    assert {cell.data_type for cell in cells} <= {"n", "s"}
    assert "=1+1" in {cell.value for cell in cells}
    for dialect in DIALECTS:
        text = llmcost(*ask, *own, "--wide", "-f", "csv", "--csv-dialect", dialect).out
        assert [row["derived"] for row in parsed(text, dialect)] == ["'=1+1", ""]


def test_long_text_is_cut_where_a_cell_ends(small: Catalogue) -> None:
    """A cell of Excel holds 32,767 characters: a longer text is cut, not lost."""
    month = Workload.of(Usage(input_tokens=1), 1)
    comparison = compare([small.find("example-small")], month, date(2026, 9, 15))
    book = render_xlsx(ComparisonReport("compare", comparison, PriceIdentity("", ()), ("very " * 8000,)))
    cells = [cell.value for line in openpyxl.load_workbook(io.BytesIO(book))["about"] for cell in line]
    assert [len(cell) for cell in cells if str(cell).startswith("very very")] == [32_767]


def test_a_workbook_is_not_for_a_terminal(llmcost_small: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the run says to name a file."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = llmcost_small(*COMPARED, "--currency", "USD", "-f", "xlsx")
    assert (ran.code, ran.out) == (2, "")
    assert "write it to a file with -o FILE" in ran.err


def test_a_missing_library_is_named(llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the run says how to install it and writes nothing."""
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    ran = llmcost_small(*COMPARED, "--currency", "USD", "-f", "xlsx", "-o", str(tmp_path / "x.xlsx"))
    assert ran.code == 2
    assert "install xlsxwriter beside llmcost; in a checkout: pip install '.[xlsx]'" in ran.err
    assert list(tmp_path.iterdir()) == []


def focus(llmcost_small: Run, *arguments: str) -> list[dict[str, str]]:
    ran = llmcost_small(*COMPARED, *arguments, "-f", "focus")
    assert ran.code == 0, ran.err
    return records_of(ran.out)


def test_focus_bills_nothing_and_estimates_all(llmcost_small: Run) -> None:
    """BilledCost is 0 in every row; the effective costs of an offer add up to its month."""
    rows = rows_of(llmcost_small(*COMPARED, "--currency", "USD", "-f", "json").out)
    lines = focus(llmcost_small, "--currency", "USD")
    assert {line["BilledCost"] for line in lines} == {"0.000000"}
    assert {line["x_Estimate"] for line in lines} == {"true"}
    assert {line["BillingCurrency"] for line in lines} == {"USD"}
    assert {(line["BillingPeriodStart"], line["BillingPeriodEnd"]) for line in lines} == {
        ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z")
    }
    for row in rows:
        mine = [line for line in lines if line["x_Offer"] == row["offer"]]
        total = sum(Decimal(line["EffectiveCost"]) for line in mine)
        assert total == pytest.approx(Decimal(row["monthly_cost"]), abs=Decimal("1e-11"))
        for line in mine:
            product = Decimal(line["PricingQuantity"]) * Decimal(line["ContractedUnitPrice"])
            assert product == pytest.approx(Decimal(line["ContractedCost"]), rel=Decimal("1e-9"))


def test_focus_keeps_list_and_contracted_apart(llmcost_small: Run) -> None:
    """A quarter off: the list cost is 4/3 of the contracted one, and so are the unit prices."""
    lines = focus(llmcost_small, "--currency", "USD", "--discount", "example-ai -25%")
    mine = [line for line in lines if line["Provider"] == "Example AI"]
    assert len(mine) == 6
    for line in mine:
        assert Decimal(line["ListCost"]) * 3 == Decimal(line["ContractedCost"]) * 4
        assert Decimal(line["ListUnitPrice"]) * 3 == Decimal(line["ContractedUnitPrice"]) * 4
        assert line["EffectiveCost"] == line["ContractedCost"]
    others = [line for line in lines if line not in mine]
    assert all(line["ListCost"] == line["ContractedCost"] for line in others)


def test_focus_leaves_an_open_offer_out_as_a_whole(llmcost_small: Run) -> None:
    """No part of an offer with a gap is exported: its sum would pass for the whole."""
    ran = llmcost_small(
        "compare", "-m", "example-large", "-m", "example-small", "--currency", "USD", *ASK[:6], "--web-searches", "2",
        "--allow-unpriced", "-f", "focus",
    )  # fmt: skip
    assert {line["x_Offer"] for line in records_of(ran.out)} == {"example-ai/example-large-2026@global"}
    assert "example-ai/example-small@global is left out" in ran.err


def test_focus_says_what_is_owed_by_the_month(llmcost_small: Run) -> None:
    """Staff is a recurring purchase without a consumed quantity; rented hours are usage."""
    ran = llmcost_small(
        "compare",
        "-m",
        "self/pebble-8b:fp8@grid/ax1",
        *ASK,
        "--staff",
        "4000 USD / month",
        "--peak-to-mean",
        "2",
        "-f",
        "focus",
    )
    lines = {line["x_Meter"]: line for line in records_of(ran.out)}
    assert (lines["staff"]["ChargeCategory"], lines["staff"]["ChargeFrequency"]) == ("Purchase", "Recurring")
    assert (lines["staff"]["ConsumedQuantity"], lines["staff"]["PricingUnit"]) == ("", "Months")
    assert (lines["gpu_hours"]["ChargeCategory"], lines["gpu_hours"]["ConsumedUnit"]) == ("Usage", "GPU-Hours")


def test_focus_shows_the_unused_part_of_a_commitment(llmcost_small: Run, tmp_path: Path) -> None:
    """Of 1,000 USD owed, 900 are used: a row of 100 USD with the status Unused, consumed by nobody."""
    config = tmp_path / "llmcost.yaml"
    config.write_text("version: 1\ncommitments: [example-ai 1000 USD / month]\n", encoding="utf-8")
    ask = ("--requests", "1M", "--input", "1000", "--output", "200", "--config", str(config))
    ran = llmcost_small("compare", "-m", "example-small", *ask, "-f", "focus")
    lines = {line["x_Meter"]: line for line in records_of(ran.out)}
    unused = lines["commitment"]
    assert (unused["EffectiveCost"], unused["ChargeCategory"], unused["PricingCategory"]) == (
        "100.000000", "Usage", "Committed",
    )  # fmt: skip
    assert (unused["CommitmentDiscountStatus"], unused["CommitmentDiscountCategory"]) == ("Unused", "Spend")
    assert (unused["ConsumedQuantity"], unused["ConsumedUnit"]) == ("", "")
    assert lines["input"]["CommitmentDiscountStatus"] == ""


@pytest.mark.parametrize(
    ("offer", "category"),
    [("grid/ax1", "Standard"), ("grid/ax1+spot", "Dynamic"), ("grid/ax1+1yr", "Committed")],
)
def test_focus_says_how_hours_are_paid(llmcost_small: Run, offer: str, category: str) -> None:
    """What may be taken away is Dynamic, what is bound for a year Committed."""
    ran = llmcost_small("compare", "-m", f"self/pebble-8b:fp8@{offer}", *ASK, "--peak-to-mean", "2", "-f", "focus")
    assert {line["PricingCategory"] for line in records_of(ran.out)} == {category}


def test_focus_prices_at_the_place_and_in_the_billing_currency(llmcost_small: Run) -> None:
    """A pricing unit is written out, and its price holds the uplift of the place and the exchange rate."""
    ask = ("compare", "-m", "example-small@eu", *ASK, "-f", "focus")
    dollars = records_of(llmcost_small(*ask).out)[0]
    assert (dollars["PricingUnit"], dollars["ConsumedUnit"]) == ("1000000 Tokens", "Tokens")
    assert dollars["ListUnitPrice"] == dollars["ContractedUnitPrice"] == "0.550000"
    euro = records_of(llmcost_small(*ask, "--currency", "EUR").out)[0]
    product = Decimal(euro["PricingQuantity"]) * Decimal(euro["ListUnitPrice"])
    assert product == pytest.approx(Decimal(euro["ListCost"]), rel=Decimal("1e-9"))
    assert euro["ListUnitPrice"] != "0.550000"


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("locale", "dialect"),
    [("1033", "excel"), ("1031", "excel-eu"), ("1043", "excel-eu")],
    ids=["en-US", "de-DE", "nl-NL"],
)
@pytest.mark.parametrize("wide", [(), ("--wide",)])
def test_libreoffice_reads_the_same_numbers(
    llmcost_small: Run, tmp_path: Path, locale: str, dialect: str, wide: tuple[str, ...]
) -> None:
    """Opened in the language its dialect is for, every figure is a number of the same value, and nothing a formula."""
    text = llmcost_small(*COMPARED, "--currency", "USD", *wide, "-f", "csv", "--csv-dialect", dialect).out
    (tmp_path / "costs.csv").write_text(text, encoding="utf-8", newline="")
    separator = ord(DIALECTS[dialect].delimiter)
    command = [
        str(SOFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
        f"--infilter=CSV:{separator},34,76,1,,{locale},false,true", "--convert-to", "fods",
        "--outdir", str(tmp_path), str(tmp_path / "costs.csv"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    tree = ElementTree.parse(tmp_path / "costs.fods")
    cells = list(tree.iter(f"{TABLE}table-cell"))
    assert not [cell for cell in cells if cell.get(f"{TABLE}formula")]
    numbers = sorted(
        float(cell.get(f"{OFFICE}value", ""))
        for cell in cells
        if cell.get(f"{OFFICE}value-type") == "float"
        for _ in range(int(cell.get(f"{TABLE}number-columns-repeated", "1")))
    )
    figures = sorted(
        float(cell)
        for row in parsed(text, dialect)
        for name, cell in row.items()
        if cell and name in ("rank", "monthly_cost", "cost_per_request", "cost_per_1m_tokens", "ratio_to_baseline",
                             "difference_to_baseline", "requests", "quantity", "pricing_quantity", "unit_price",
                             "exchange_rate", "cost", "list_cost")
    )  # fmt: skip
    assert numbers == figures


def test_a_unit_that_focus_has_no_word_for_keeps_its_own() -> None:
    """FOCUS rows are written for whatever a sheet may count, with the unit's own noun where there is no other."""
    from llmcost.core.values.units import NOUNS, PricingUnit
    from llmcost.reports.formats.focus import UNITS, _noun

    assert {_noun(PricingUnit("1K x", dimension, 1000)) for dimension, _ in NOUNS.values()} <= set(UNITS.values())
    assert _noun(PricingUnit("1K toys", "toy", 1000)) == "Toys"
