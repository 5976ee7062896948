"""The compiled form of sheets: checked once, then loaded in milliseconds without yaml or pydantic.

A wheel carries a snapshot made when it was built. For a checkout and for a user's own sheets it is kept in the
user's cache folder, under a name that changes with every byte of the sheets and of the code that compiles them.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmcost.core.catalogue import Listing, Offer, TokenRules
from llmcost.core.tasks import CHAT
from llmcost.sheets.build import build_offers

if TYPE_CHECKING:
    from llmcost.core.hosting import SelfHosting

Snapshot = dict[str, Any]
TokenRulesOf = Callable[[str], TokenRules]

BUILTIN = "builtin"
"""The name of the sheets that came with the program."""
SNAPSHOT_NAME = "snapshot.json"
NAMES = ("id", "model", "developer", "aliases", "featured", "task")
"""What of a model is known before its prices are decoded."""
LARGEST_KEPT = 5 * 1024 * 1024
"""Bytes of the largest sheet that is compiled ahead; a larger one is refused when it is read."""
LARGEST_CACHE = 256 * 1024 * 1024
"""Bytes of the largest snapshot that is read from the cache."""
SELF_HOSTING = ("accelerators", "compute", "open_weights", "measurements")
"""The kinds of sheets behind self-hosted offers."""


def compile_sheets(paths: Iterable[tuple[Path, str]]) -> Snapshot:
    """Read, check and compile sheets. Raises FileProblems."""
    import hashlib

    from llmcost.sheets.read import read_sheets

    sheets = read_sheets(paths)
    canonical = "\n".join(
        sorted(json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for each in sheets)
    )
    sellers = []
    newest = ""
    for sheet in sheets:
        if sheet["kind"] != "api":
            continue
        header = {key: value for key, value in sheet.items() if key != "models"}
        models = []
        for model in sheet["models"]:
            newest = max([newest, *(entry["checked_on"] for entry in model["prices"])])
            names = {key: model[key] for key in NAMES if key in model}
            names["places"] = list(dict.fromkeys(e.get("place") or sheet["default_place"] for e in model["prices"]))
            models.append({**names, "data": json.dumps(model, ensure_ascii=False, separators=(",", ":"))})
        sellers.append({"sheet": header, "models": models})
    return {
        "digest": "sha256:" + hashlib.sha256(canonical.encode()).hexdigest(),
        "newest_check": newest,
        "sellers": sellers,
        "fx": [sheet for sheet in sheets if sheet["kind"] == "fx"],
        "tokens": [
            json.dumps(sheet, ensure_ascii=False, separators=(",", ":"))
            for sheet in sheets
            if sheet["kind"] == "tokens"
        ],
        "self_hosting": json.dumps(
            [sheet for sheet in sheets if sheet["kind"] in SELF_HOSTING], ensure_ascii=False, separators=(",", ":")
        ),
    }


def snapshot_listings(snapshot: Snapshot, rules: TokenRulesOf) -> list[Listing]:
    """The listings of a snapshot; a model's prices are decoded when they are first asked for."""
    return [_listing(seller["sheet"], model, rules) for seller in snapshot["sellers"] for model in seller["models"]]


def snapshot_rules(snapshots: Sequence[Snapshot]) -> TokenRulesOf:
    """The token rules by model key of several snapshots, decoded when they are first asked for."""
    made: list[TokenRulesOf] = []

    def rules(model: str) -> TokenRules:
        if not made:
            from llmcost.sheets.tokens import build_token_rules  # imported late: only text and media need it

            made.append(build_token_rules([json.loads(text) for each in snapshots for text in each["tokens"]]))
        return made[0](model)

    return rules


def snapshot_self_hosting(layers: Sequence[tuple[str, Snapshot]], rules: TokenRulesOf) -> Callable[[], SelfHosting]:
    """What open weights can be run on by several snapshots with their names, decoded when it is first asked for."""
    made: list[SelfHosting] = []

    def load() -> SelfHosting:
        if not made:
            from llmcost.sheets.selfhost import build_self_hosting  # imported late: prices of APIs need none of it

            read = [(name != BUILTIN, json.loads(snapshot["self_hosting"])) for name, snapshot in layers]
            made.append(build_self_hosting(read, rules))
        return made[0]

    return load


def _listing(sheet: Mapping[str, Any], model: Mapping[str, Any], rules: TokenRulesOf) -> Listing:
    offers: dict[str, Offer] = {}
    key = model.get("model", model["id"])

    def load() -> Mapping[str, Offer]:
        if not offers:
            offers.update(build_offers(sheet, json.loads(model["data"]), lambda: rules(key)))
        return offers

    return Listing(
        seller=sheet["seller"],
        id=model["id"],
        model=key,
        developer=model.get("developer"),
        aliases=tuple(model.get("aliases", ())),
        places=tuple(model["places"]),
        default_place=sheet["default_place"],
        featured=model.get("featured") == "true",
        task=model.get("task", CHAT),
        load=load,
    )


def cached_snapshot(paths: list[tuple[Path, str]], fresh: bool = False) -> Snapshot:
    """The snapshot of these sheets from the user's cache, compiled and kept there when it is new.

    ``fresh`` compiles them whatever the cache holds, so that a digest is one of the sheets themselves.
    A cache that cannot be read or written only costs time; so does one that anybody but the user could have changed.
    Raises FileProblems.
    """
    key = _content_key(paths)
    folder = _cache_folder()
    if key is None or folder is None:
        return compile_sheets(paths)
    file = folder / f"sheets-{key}.json"
    kept = None if fresh else _kept(file, key)
    if kept is not None:
        return kept
    snapshot = compile_sheets(paths)
    if _content_key(paths) != key:
        return snapshot  # changed while it was read, so what was read is not known to be what the key names
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps(snapshot, ensure_ascii=False, separators=(",", ":"))
        _write(file, f"{_checksum(key, text.encode())}\n{text}")
    return snapshot


def _kept(file: Path, key: str) -> Snapshot | None:
    """The snapshot in a file of the cache; None without one, or where it is not as it was written for that key."""
    with suppress(OSError, ValueError, RecursionError):
        # neither a link nor a pipe put in its place is followed or waited for
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as stream:
            if not _is_own(os.fstat(handle)):
                return None
            checksum, _, text = stream.read(LARGEST_CACHE).partition(b"\n")
        if checksum.decode() == _checksum(key, text):
            kept: Snapshot = json.loads(text)
            return kept
    return None


def _is_own(found: os.stat_result) -> bool:
    """Whether it is a regular file that only this user can write."""
    mine = not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    return stat.S_ISREG(found.st_mode) and mine and found.st_size < LARGEST_CACHE


def _checksum(key: str, text: bytes) -> str:
    import hashlib  # imported late: a snapshot that came with the package needs none

    return hashlib.sha256(key.encode() + text).hexdigest()


def write_snapshot(file: Path, snapshot: Snapshot) -> None:
    """Write the snapshot that a package carries, as a whole or not at all. Raises OSError."""
    _write(file, json.dumps(snapshot, ensure_ascii=False, separators=(",", ":")))


def _write(file: Path, text: str) -> None:
    """Write a file that only this user can read and write, as a whole or not at all. Raises OSError."""
    import tempfile  # imported late: a kept snapshot needs none

    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".snapshot-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _content_key(paths: list[tuple[Path, str]]) -> str | None:
    """A digest of the sheets' bytes, the names shown for them, and the code that reads them.

    None for what can be read only once, such as a pipe, for more than any sheet may hold, and for what cannot be read.
    """
    import hashlib  # imported late: a snapshot that came with the package needs none

    package = Path(__file__).parent.parent
    code = sorted([*package.glob("sheets/*.py"), *package.glob("core/*.py"), package / "yamlfile.py"])
    digest = hashlib.sha256()
    try:
        for path, _ in paths:
            if not path.is_file() or path.stat().st_size > LARGEST_KEPT:
                return None
        for path, name in [*((each, "") for each in code), *paths]:
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
    except (OSError, ValueError):
        return None
    return digest.hexdigest()[:32]


def _cache_folder() -> Path | None:
    """The user's cache folder; None when there is none, or LLMCOST_CACHE_DIR is set to nothing."""
    chosen = os.environ.get("LLMCOST_CACHE_DIR")
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_cache_path

    with suppress(RuntimeError, OSError, KeyError):
        return user_cache_path("llmcost", appauthor=False)
    return None
