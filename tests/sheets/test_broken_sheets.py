"""The smallest broken sheet for every mistake a contributor can make, each with the message it gets, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.broken import assert_paired, assert_refused, broken_files
from support.running import Run

from llmcost.errors import FileProblems
from llmcost.files.yaml import read_yaml
from llmcost.sheets.read import check_sheet, read_sheets

BROKEN = Path(__file__).parent.parent / "broken_sheets"
FILES = broken_files(BROKEN)


@pytest.mark.parametrize("name", FILES)
def test_a_broken_sheet_gets_its_message(
    name: str, llmcost: Run, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    """`prices validate` refuses it with its place, what is wrong and how to mend it, to the letter; it never crashes."""
    monkeypatch.chdir(FILES[name].parent)
    assert_refused(llmcost("prices", "validate", f"{name}.yaml"), FILES[name], update_golden)


def test_every_broken_sheet_has_its_message() -> None:
    """No sheet is without a message, and no message without a sheet."""
    assert len(FILES) > 150
    assert_paired(BROKEN)


@pytest.mark.parametrize("name", ["rate-without-unit", "several-problems"])
def test_a_broken_sheet_is_no_sheet_to_a_caller(name: str) -> None:
    """Whoever checks a document gets None for an unsound one, and the problems that the program prints."""
    document = read_yaml(FILES[name], f"{name}.yaml")
    assert check_sheet(document) is None
    problems = FileProblems(document.problems)
    message = FILES[name].with_suffix(".txt").read_text(encoding="utf-8")
    assert message == f"{problems.message}\nllmcost: {problems.summary}\n"


def test_all_broken_files_are_reported_in_one_run() -> None:
    """One run over several files names every problem of every file, in order of file and line."""
    names = ["yaml-tag", "rate-without-unit", "several-problems"]
    paths = [(FILES[name], f"{name}.yaml") for name in names]
    with pytest.raises(FileProblems) as refused:
        read_sheets([*paths, (BROKEN.parent / "sheets_small" / "example-ai.yaml", "sound.yaml")])
    places = [(problem.file, problem.line) for problem in refused.value.problems]
    assert places == sorted(places)
    assert {file for file, _ in places} == {f"{name}.yaml" for name in names}
    assert refused.value.summary == "6 problems in 3 files"
    for name in names:
        message = FILES[name].with_suffix(".txt").read_text(encoding="utf-8").rpartition("llmcost: ")[0]
        assert message.strip("\n") in refused.value.message


def test_validate_knows_what_accelerators_there_are(llmcost: Run, tmp_path: Path) -> None:
    """An accelerator that neither the built-in sheets nor those given describe is a slip, with its place."""
    sheet = tmp_path / "mine.yaml"
    text = (
        "kind: measurements\ncurves:\n  - {model: m/m, accelerator: NAME, accelerators: 1, precision: fp8,\n"
        "     input_tokens: 1000, output_tokens: 200, points: [1 40 10]}\n"
    )
    for name, code in (("h100", 0), ("h1000", 2), ("ax1", 2)):
        sheet.write_text(text.replace("NAME", name), encoding="utf-8")
        ran = llmcost("prices", "validate", str(sheet))
        assert ran.code == code, ran.err
    assert 'mine.yaml:3:31: unknown accelerator "ax1"' in ran.err
    assert llmcost("prices", "validate", str(sheet), str(BROKEN.parent / "sheets_small")).code == 0
    refused = llmcost("models", "self", "--prices", str(sheet))
    assert (refused.code, refused.out) == (2, "")
    assert "m/m was measured on ax1, an accelerator that no sheet describes" in refused.err


def test_sound_sheets_are_returned_in_order() -> None:
    """Where nothing is wrong, every sheet comes back in the order asked for."""
    small = BROKEN.parent / "sheets_small"
    sheets = read_sheets(
        [(small / "night-cloud.yaml", "a"), (small / "fx.yaml", "b"), (small / "example-ai.yaml", "c")]
    )
    assert [sheet["kind"] for sheet in sheets] == ["api", "fx", "api"]


def test_a_broken_sheet_of_accelerators_is_the_only_problem(llmcost: Run, tmp_path: Path) -> None:
    """What others name of it is not called unknown, as that is mended with it."""
    head = "kind: accelerators\naccelerators:\n"
    one = "  - {id: zx1, name: Z, maker: nvidia, source: https://example.com/z}\n"
    (tmp_path / "hardware.yaml").write_text(head + one + one, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        "kind: compute\nhost: mine\nname: Mine\ndefault_place: here\ninstances:\n"
        "  - id: a\n    accelerator: zx1\n    accelerators: 1\n    prices:\n"
        "      - {checked_on: 2026-09-01, source: https://example.com/m, rates: {on-demand: 1 USD / hour}}\n",
        encoding="utf-8",
    )
    ran = llmcost("prices", "validate", str(tmp_path))
    assert ran.code == 2
    assert "a second accelerator is called zx1" in ran.err
    assert "1 problem in 1 file" in ran.err
