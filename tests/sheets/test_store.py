"""Where newer prices are kept: whole at every moment, one writer at a time, and one step back."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import LlmcostError
from llmcost.sheets.load import sheet_files
from llmcost.sheets.read import read_sheets
from llmcost.sheets.store import (
    DIGEST_NAME,
    Generation,
    current_folder,
    day_of,
    digest_of,
    generation_of,
    keep,
    only_writer,
    replace_folder,
    roll_back,
)


def sheet(price: int, seller: str = "acme") -> dict[str, Any]:
    """A sheet whose one price says which generation it is of."""
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": {"input": f"{price} USD / 1M tokens"}}
    return {
        "kind": "api",
        "seller": seller,
        "name": "Acme",
        "default_place": "here",
        "models": [{"id": "m", "prices": [entry]}],
    }


def generation(price: int) -> Generation:
    """A generation of many files, so that writing it takes a while."""
    return generation_of([sheet(price, f"acme-{number}") for number in range(40)])


def price_in(store: Path) -> str:
    """The price that every sheet of the generation that counts has. Raises where they are not of one."""
    folder = current_folder(store)
    assert folder is not None
    sheets = read_sheets(sheet_files(folder))
    assert len(sheets) == 40
    (price,) = {each["models"][0]["prices"][0]["rates"]["input"] for each in sheets}
    return str(price)


def test_what_is_kept_counts_and_one_step_leads_back(tmp_path: Path) -> None:
    """The last update counts; going back brings the one before, and going back again the last.

    Before the first there is what came with the program.
    """
    assert current_folder(tmp_path) is None
    with pytest.raises(LlmcostError, match="there was no update to go back from"):
        roll_back(tmp_path)
    keep(tmp_path, generation(1))
    assert roll_back(tmp_path) == "the prices that came with the program"
    assert current_folder(tmp_path) is None
    for price in (1, 2, 3):
        keep(tmp_path, generation(price))
    assert price_in(tmp_path) == "3 USD / 1M tokens"
    roll_back(tmp_path)
    assert price_in(tmp_path) == "2 USD / 1M tokens"
    roll_back(tmp_path)
    assert price_in(tmp_path) == "3 USD / 1M tokens"
    assert len([each for each in tmp_path.iterdir() if each.is_dir()]) == 2


def test_the_same_prices_again_change_nothing(tmp_path: Path) -> None:
    """An update that brings what there is leaves the step back where it led."""
    for price in (1, 2, 2):
        keep(tmp_path, generation(price))
    roll_back(tmp_path)
    assert price_in(tmp_path) == "1 USD / 1M tokens"


def test_a_folder_of_maintainers_holds_one_generation(tmp_path: Path) -> None:
    """What is no longer there is removed, and the digest is of what the sheets say."""
    replace_folder(tmp_path, generation_of([sheet(1, "gone"), sheet(1)]))
    made = generation_of([sheet(2), {"kind": "names", "offers": [{"seller": "acme", "id": "m", "names": ["mm"]}]}])
    replace_folder(tmp_path, made)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["acme.yaml", DIGEST_NAME, "names.yaml"]
    assert (digest_of(tmp_path), day_of(tmp_path)) == (made.digest, "2026-09-01")


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """While one update holds the store another one ends at once; afterwards it may."""
    with only_writer(tmp_path), pytest.raises(LlmcostError, match="another update is running"), only_writer(tmp_path):
        pass
    with only_writer(tmp_path):
        pass


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_store import generation
from llmcost.sheets.store import keep, only_writer
store = Path(sys.argv[1])
print("ready", flush=True)
for price in range(2, 10_000):
    with only_writer(store):
        keep(store, generation(price))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_writer_that_is_killed_leaves_the_old_or_the_new_sheets(tmp_path: Path) -> None:
    """Whenever an update is killed, the sheets that count are whole, of one generation, and the next update works."""
    chance = random.Random(14)
    keep(tmp_path, generation(1))
    here = str(Path(__file__).parent)
    for _ in range(20):
        command = [sys.executable, "-c", WRITER, str(tmp_path), here]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
        assert price_in(tmp_path).endswith(" USD / 1M tokens")
    with only_writer(tmp_path):
        keep(tmp_path, generation(1))
    assert price_in(tmp_path) == "1 USD / 1M tokens"
