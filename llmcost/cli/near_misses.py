"""Flags that other tools have, and what does the same here."""

from __future__ import annotations

from collections.abc import Sequence

FORMATS = ("csv", "tsv", "json", "jsonl", "markdown", "html", "xlsx")
INSTEAD = {
    **{f"--{form}": f"write -f {form}, or name a file with -o, such as -o costs.{form}" for form in FORMATS},
    "--md": "write -f markdown",
    "--models": "write -m MODEL, several times or with commas",
    "--offer": "write -m OFFER",
    "--provider": "write --seller NAME",
    "--vendor": "write --seller NAME",
    "--region": "write --place NAME, or MODEL@PLACE",
    "--limit": "write --top N",
    "--cheapest": "offers are ranked already: --top 1 shows only the cheapest",
    "--tokens": "write --input N and --output N",
    "--tokens-in": "write --input N",
    "--tokens-out": "write --output N",
    "--in": "write --input N",
    "--out": "write --output N",
    "--prompt": "write --input N, or --text FILE for its own tokens",
    "--rps": "write --requests N/s",
    "--qps": "write --requests N/s",
    "--rpm": "write --requests N/min",
    "--users": "write --requests N, which are a month's; of conversations they are its sessions",
    "--calls": "write --requests N",
    "-n": "write --requests N",
    "-r": "write --requests N",
    "-i": "write --input N",
    "--input-tokens": "write --input N",
    "--output-tokens": "write --output N",
    "--prompt-tokens": "write --input N",
    "--completion-tokens": "write --output N",
    "--max-tokens": "write --output N",
    "--cached": "write --cache-read N, or a percentage such as --cache-read 70%",
    "--cache-hit": "write --cache-hit-rate PCT",
    "--context": "write --min-context N",
    "--per-day": "write --requests N/day",
    "--per-month": "write --requests N",
    "--sessions": "name a workload of conversations and write --requests N, which are its sessions",
    "--date": "write --on DATE",
    "--discount": "this shows prices as listed; compare, price, check, breakeven, diff and reconcile take discounts",
    "--day": "write --on DATE",
    "--usd": "write --currency USD",
    "--eur": "write --currency EUR",
    "--output-format": "write -f FORMAT",
    "--file": "write -o FILE",
    "--no-color": "write --color never",
    "--no-notes": "write -q",
    "--verbose": "write -v",
    "--silent": "write -q",
    "--image": "write --images N",
    "--audio": "write --audio-seconds N",
    "--video": "write --video-seconds N",
}
"""What to write instead, by the flag that there is not."""


COMMANDS = {
    **dict.fromkeys(("list", "ls", "offers", "model"), "`llmcost models` lists what can be priced"),
    "version": "`llmcost --version` says it",
    **dict.fromkeys(
        ("cost", "costs", "calc", "calculate", "estimate"),
        "`llmcost compare` ranks offers, `llmcost price OFFER` shows the arithmetic of one request",
    ),
    **dict.fromkeys(("rank", "cheapest"), "`llmcost compare` ranks offers"),
    **dict.fromkeys(("update", "validate", "drift", "lock", "show"), "write `llmcost prices {name}`"),
    **dict.fromkeys(("budget", "ci"), "`llmcost check` holds costs against budgets"),
    **{
        name: f"`llmcost usage --by {key}` adds up what was used"
        for name, key in (("daily", "day"), ("weekly", "week"), ("monthly", "month"), ("session", "session"))
    },
    **dict.fromkeys(("bench", "benchmark"), "`llmcost measure URL` measures a server"),
}
"""What is there instead of a command that other tools have."""


def command_remedy(name: str, path: str, known: Sequence[str]) -> str:
    """What to do about a command that there is not; ``path`` is what stands before it, ``known`` what could."""
    from difflib import get_close_matches

    if name in COMMANDS and path == "llmcost":
        return COMMANDS[name].format(name=name)
    close = get_close_matches(name, known, n=2)
    near = f"did you mean {' or '.join(f'{path} {each}' for each in close)}? " if close else ""
    return f"{near}see `{path} --help`"


def remedies(option: str, near: Sequence[str] | None, path: str) -> list[str]:
    """What to do about a flag that there is not; ``near`` are flags that are spelt like it, ``path`` is the command."""
    known = INSTEAD.get(option.replace("_", "-").lower())
    if known is not None:
        return [known]
    return [*([f"did you mean {', '.join(near)}?"] if near else []), f"see `{path} --help`"]
