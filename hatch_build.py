"""Puts a compiled snapshot of the price sheets into the wheel, so that the installed command starts fast."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SnapshotHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles ``pricing/`` when a wheel is built; a fault in a sheet stops the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the two files ``snapshot.json`` to a standard wheel; an editable one reads the checkout."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from llmcost.sheets.load import THIRD_PARTY, sheet_files
            from llmcost.sheets.snapshot import SNAPSHOT_NAME, compile_sheets, content_of, write_whole
        finally:
            sys.path.remove(self.root)
        root = Path(self.root)
        self._folder = tempfile.TemporaryDirectory()
        for number, folder in enumerate(("pricing", f"pricing/{THIRD_PARTY}")):
            files = [(path, path.relative_to(root).as_posix()) for path, _ in sheet_files(root / folder)]
            file = Path(self._folder.name) / f"{number}-{SNAPSHOT_NAME}"
            write_whole(file, content_of(compile_sheets(files)))
            build_data["force_include"][str(file)] = f"llmcost/{folder}/{SNAPSHOT_NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary snapshot."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            folder.cleanup()
