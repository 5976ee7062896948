"""What the figures are held against, each in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes an environment with one requirement in it, and gives the folder of its programs."""

    def make(requirement: str) -> Path:
        folder = tmp_path_factory.mktemp("environment")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        binaries = folder / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([str(binaries / "pip"), "install", "--quiet", requirement], check=True, capture_output=True)
        return binaries

    return make


@pytest.fixture(scope="session")
def yardstick(environment: Callable[[str], Path]) -> Path:
    """genai-prices in an environment of its own."""
    return environment("genai-prices[cli]==0.2.3")


@pytest.fixture(scope="session")
def their_request(yardstick: Path) -> Callable[[], float]:
    """Measures the seconds that genai-prices takes for the price of one request, in a loop."""
    code = (
        "import timeit, genai_prices as g\n"
        "usage = g.Usage(input_tokens=1000, output_tokens=100)\n"
        "call = lambda: g.calc_price(usage, model_ref='gpt-4o', provider_id='openai')\n"
        "call()\n"
        "print(min(timeit.repeat(call, number=300, repeat=9)) / 300)\n"
    )

    def measure() -> float:
        run = subprocess.run([str(yardstick / "python"), "-c", code], capture_output=True, text=True, check=True)
        return float(run.stdout)

    return measure
