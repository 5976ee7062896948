"""Many files are read by several processes, and what they give is as one would read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcost.errors import LlmcostError
from llmcost.usage.file import UsageFile
from llmcost.usage.many import read_each
from llmcost.usage.processes import HEAD_START, shares_of

HEAD = "period_start,model,input_uncached_tokens,output_tokens\n"


def written(folder: Path, number: int) -> list[Path]:
    """Files of usage, the third of which is refused and the fifth no usage."""
    folder.mkdir()
    paths = [folder / f"{each:02}.csv" for each in range(number)]
    for each, path in enumerate(paths):
        body = {2: "soon,m,1,1\n", 4: ""}.get(each, f"2026-09-{each + 1:02}T08:00:00Z,m-{each},{each},1\n" * 20)
        path.write_text(("a,b\n1,2\n" if each == 4 else HEAD) + body, encoding="utf-8")
    return paths


def shown(found: UsageFile | LlmcostError) -> object:
    return (type(found), found.message, found.remedy) if isinstance(found, LlmcostError) else found


def test_several_processes_give_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the files, and refuse what one refuses with the same words."""
    paths = written(tmp_path / "used", 12)
    alone = list(map(shown, read_each(paths)))
    monkeypatch.setattr("llmcost.usage.many.WORTH_PROCESSES", 10)
    monkeypatch.setattr("llmcost.usage.many._has_processes", lambda: True)
    monkeypatch.setattr("llmcost.usage.processes.HEAD_START", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert list(map(shown, read_each(paths))) == alone
    assert [
        number for number, each in enumerate(alone) if isinstance(each, tuple) and not isinstance(each, UsageFile)
    ] == [2, 4]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.integers(2, 64))
def test_shares_are_of_all_files_and_alike(sizes: list[int], number: int) -> None:
    """Each file is in one of them, in their order; the process that asks for them reads least of all."""
    paths = [Path(str(at)) for at in range(len(sizes))]
    shares = shares_of(paths, sizes, number)
    assert len(shares) == number
    assert [path for share in shares for path in share] == paths
    own, *others = (sum(sizes[int(str(path))] for path in share) for share in shares)
    assert own <= max(0, sum(sizes) - (number - 1) * HEAD_START) / number
    assert max(others) <= sum(sizes) / (number - 1) + HEAD_START + max(sizes)
