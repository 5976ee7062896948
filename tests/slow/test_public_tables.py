"""The public tables as their packages bring them: what is made of them, how far ours agree, and whose names lead here.

The packages are fetched from their registries, some 20 MB; without one of them its tests are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from llmcost import load_catalogue
from llmcost.errors import LlmcostError

GENERATED_FROM = {"litellm": ("1.110.2", "2026-11-26"), "genai-prices": ("0.2.3", "2026-11-10")}
"""What pricing/third_party was made of: versions of packages, and the days of their data."""
LEAST_AGREED = 0.99
LEAST_FOUND = 0.98
AGREED = ("same", "other day", "explained")


def package(name: str, version: str, folder: Path) -> Path:
    """A package of PyPI, unpacked; its newest version where none is given."""
    wanted = f"{name}=={version}" if version else name
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--only-binary=:all:",
        "-d",
        str(folder),
        wanted,
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        pytest.skip(f"{wanted} cannot be fetched here: {ran.stderr[-200:]}")
    wheel = next(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    place = folder / f"{name}-{version or 'newest'}"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    wheel.unlink()
    return place


def litellm_map(place: Path) -> Path:
    return place / "litellm" / "model_prices_and_context_window_backup.json"


def genai_data(place: Path) -> Path:
    """The data of genai-prices as it is published, from the objects that its package holds."""
    made = place / "data.json"
    environment = {**os.environ, "PYTHONPATH": str(place)}
    script = str(Path(__file__).parent / "genai_data.py")
    made.write_bytes(subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True).stdout)
    return made


def pi_ai_data(folder: Path) -> Path:
    """The data of pi-ai of all providers, as one list."""
    name = "@earendil-works/pi-ai"
    try:
        newest = npm("view", name, "version", folder=folder)  # by its number: npm may pack an older one for an old node
        packed = npm("pack", "--silent", f"{name}@{newest}", folder=folder)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"pi-ai cannot be fetched here: {error}")
    with tarfile.open(folder / packed) as archive:
        files = [each for each in archive if "/providers/data/" in each.name and each.name.endswith(".json")]
        texts = [read.read().decode() for each in files if (read := archive.extractfile(each)) is not None]
    made = folder / "pi-ai.json"
    made.write_text(f"[{','.join(texts)}]", encoding="utf-8")
    return made


def npm(*arguments: str, folder: Path) -> str:
    return subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout.split()[
        -1
    ]


def llmcost(*arguments: str) -> str:
    ran = subprocess.run([sys.executable, "-m", "llmcost", *arguments], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The tables that the shipped sheets were made of."""
    folder = tmp_path_factory.mktemp("pinned")
    return {
        "litellm": litellm_map(package("litellm", GENERATED_FROM["litellm"][0], folder)),
        "genai-prices": genai_data(package("genai-prices", GENERATED_FROM["genai-prices"][0], folder)),
    }


def test_the_command_that_made_the_sheets_makes_them_again(pinned: dict[str, Path], tmp_path: Path) -> None:
    """One command makes pricing/third_party of the two packages, byte for byte."""
    tables = [f"--from={name}@{day}={pinned[name]}" for name, (_, day) in GENERATED_FROM.items()]
    llmcost("prices", "update", *tables, "--into", str(tmp_path))
    shipped = ROOT / "pricing" / "third_party"
    names = {each.name for each in shipped.iterdir() if not each.name.startswith("snapshot")}
    assert {each.name for each in tmp_path.iterdir()} == names
    different = [name for name in sorted(names) if (tmp_path / name).read_bytes() != (shipped / name).read_bytes()]
    assert not different


def priced(model: Any) -> bool:
    """Whether LiteLLM's map has any price above zero of a model."""
    return isinstance(model, dict) and any(
        ("cost" in key and isinstance(value, int | float) and value > 0) or key == "tiered_pricing"
        for key, value in model.items()
    )


def test_ids_of_the_tables_lead_to_offers(pinned: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """By its own id, 98% of what each table prices for a chat leads to one offer; counts by kind and by seller."""
    catalogue = load_catalogue()

    def found(name: str) -> bool:
        try:
            return bool(catalogue.find(name))
        except LlmcostError:
            return False

    litellm = json.loads(pinned["litellm"].read_text(encoding="utf-8"))
    ids = {name: model for name, model in litellm.items() if name != "sample_spec" and priced(model)}
    kinds, sellers = Counter(), Counter()
    for name, model in ids.items():
        kinds[str(model.get("mode")), found(name)] += 1
        sellers[str(model.get("litellm_provider")), found(name)] += 1
    genai = json.loads(pinned["genai-prices"].read_text(encoding="utf-8"))
    own = [(provider["id"], model) for provider in genai for model in provider["models"] if any_price(model["prices"])]
    led = Counter(found(f"{provider}/{model['id']}") for provider, model in own if is_chat(model["prices"]))
    with capsys.disabled():
        for title, counts in (("kind", kinds), ("seller", sellers)):
            print(f"\nlitellm by {title}, found of all:")
            for name in sorted({key for key, _ in counts}):
                print(f"  {name}: {counts[name, True]} of {counts[name, True] + counts[name, False]}")
        print(f"genai-prices, for a chat: {led[True]} of {led.total()}")
    chat = sum(kinds[mode, ok] for mode in ("chat", "responses") for ok in (True, False))
    assert sum(kinds[mode, True] for mode in ("chat", "responses")) >= LEAST_FOUND * chat
    assert led[True] >= LEAST_FOUND * led.total()


def any_price(prices: Any) -> bool:
    lists = prices if isinstance(prices, list) else [{"prices": prices}]
    return any(value for each in lists for value in each["prices"].values())


def is_chat(prices: Any) -> bool:
    lists = prices if isinstance(prices, list) else [{"prices": prices}]
    return any("output_mtok" in each["prices"] for each in lists)


def test_our_offers_agree_with_the_newest_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the rates that both have, in one currency, 99% are the same, ours of another day, or explained one by one."""
    tables = {
        "litellm": litellm_map(package("litellm", "", tmp_path)),
        "genai-prices": genai_data(package("genai-prices", "", tmp_path)),
        "model-prices": package("model-prices", "", tmp_path) / "model_prices" / "snapshot.json",
        "pi-ai": pi_ai_data(tmp_path),
    }
    for name, path in tables.items():
        counts = json.loads(llmcost("prices", "drift", f"--from={name}={path}", "-f", "json"))["counts"]
        compared = sum(counts.get(status, 0) for status in (*AGREED, "differs"))
        agreed = sum(counts.get(status, 0) for status in AGREED)
        with capsys.disabled():
            print(f"\n{name}: {agreed} of {compared} rates agree ({agreed / compared:.2%}); {counts}")
        assert agreed >= LEAST_AGREED * compared
