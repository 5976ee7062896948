"""The smallest broken sheet for every mistake a contributor can make, each with the message it gets, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from llmcost.errors import FileProblems
from llmcost.files.yaml import read_yaml
from llmcost.sheets.read import check_sheet, read_sheets

BROKEN = Path(__file__).parent.parent / "broken_sheets"
NAMES = sorted(path.stem for path in BROKEN.glob("*.yaml"))


def printed(problems: FileProblems) -> str:
    """What the program says about problems."""
    return f"{problems.message}\nllmcost: {problems.summary}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_sheet_gets_its_message(name: str, update_golden: bool) -> None:
    """A broken sheet is refused with its place, what is wrong, and how to mend it, exactly as written down."""
    document = read_yaml(BROKEN / f"{name}.yaml", f"{name}.yaml")
    sheet = check_sheet(document)
    assert document.problems, "the sheet was found sound"
    assert sheet is None
    message = printed(FileProblems(document.problems))
    expected = BROKEN / f"{name}.txt"
    if update_golden:
        expected.write_text(message, encoding="utf-8")
    assert message == expected.read_text(encoding="utf-8")


def test_every_broken_sheet_has_its_message() -> None:
    """No sheet is without a message, and no message without a sheet."""
    assert len(NAMES) > 150
    assert sorted(path.stem for path in BROKEN.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_message_is_harmless_and_has_a_remedy(name: str) -> None:
    """Each message names its file, says how to mend it, and holds no control or direction character."""
    text = (BROKEN / f"{name}.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0].startswith(f"{name}.yaml:")
    assert lines[-2].startswith("  ")
    assert "^" not in lines[-2]
    assert all(sign.isprintable() for line in lines for sign in line)


def test_all_broken_files_are_reported_in_one_run() -> None:
    """One run over several files names every problem of every file, in order of file and line."""
    names = ["yaml-tag", "rate-without-unit", "several-problems"]
    paths = [(BROKEN / f"{name}.yaml", f"{name}.yaml") for name in names]
    with pytest.raises(FileProblems) as refused:
        read_sheets([*paths, (BROKEN.parent / "sheets_small" / "example-ai.yaml", "sound.yaml")])
    places = [(problem.file, problem.line) for problem in refused.value.problems]
    assert places == sorted(places)
    assert {file for file, _ in places} == {f"{name}.yaml" for name in names}
    assert refused.value.summary == "6 problems in 3 files"
    for name in names:
        message = (BROKEN / f"{name}.txt").read_text(encoding="utf-8").rpartition("llmcost: ")[0]
        assert message.strip("\n") in refused.value.message


def test_validate_knows_what_accelerators_there_are(llmcost: Callable[..., Ran], tmp_path: Path) -> None:
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


@pytest.mark.parametrize("name", ["rate-without-unit", "several-problems", "yaml-direction-character"])
def test_validate_prints_these_messages(
    name: str, llmcost: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`prices validate` prints the message on stderr, nothing on stdout, and ends with 2."""
    monkeypatch.chdir(BROKEN)
    ran = llmcost("prices", "validate", f"{name}.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (BROKEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_sheet_is_never_a_crash(
    name: str, llmcost: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with a sheet, the program says so and ends with 2; it never reports a bug of its own."""
    monkeypatch.chdir(BROKEN)
    ran = llmcost("prices", "validate", f"{name}.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "internal error" not in ran.err
    assert ran.err.startswith(f"{name}.yaml:")
