"""The person's own config: where it lies, whatever the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

USER_CONFIG = "config.yaml"


def user_folder() -> Path:
    """The person's folder of settings: XDG's on Linux, the system's own elsewhere."""
    if sys.platform == "linux":
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
        return Path(home) / "llmcost"
    from platformdirs import user_config_path

    return user_config_path("llmcost", appauthor=False)
