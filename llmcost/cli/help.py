"""Help: options in named groups, the command's own first; whole summaries; examples that can be copied."""

from __future__ import annotations

from typing import Any

import typer.core

OWN = "Options"
"""The heading of what only this command takes."""
HEADINGS = (OWN, "Budgets", "Real usage", "Workload", "Media", "Offers", "Prices", "Output", "Self-hosting")
"""The groups of options, in the order of the help."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "compare": (
        "llmcost compare --input 2000 --output 500 --requests 1M",
        "llmcost compare chat-support qwen3.6-plus claude-sonnet-5-5 --caching all",
        "llmcost compare --input 2000 --output 500 -m '*/qwen3.6-plus' -o costs.csv",
    ),
    "price": (
        "llmcost price qwen3.6-plus --input 12000 --output 800",
        "llmcost price gpt-5 claude-sonnet-5-5 --input 12000 --output 800 --cache-read 75%",
        "llmcost price gemini-2.5-pro+batch --input 300k --output 2k --on 2026-11-29",
    ),
    "check": (
        "llmcost check",
        "llmcost check chat-support -m qwen3.6-plus --max-monthly '500 USD'",
        "llmcost check -f github --max-increase 10% --baseline base.json",
    ),
    "diff": (
        "llmcost diff base.json head.json",
        "llmcost diff old.yaml new.yaml -m qwen3.6-plus -f markdown",
        "llmcost diff chat-support -m gemini-4-argon --on 2026-11-29 --to 2026-12-01",
    ),
    "breakeven": (
        "llmcost breakeven self/qwen3.6-35b-a3b:fp8@h100 qwen3.6-plus chat-support",
        "llmcost breakeven self/gpt-oss-120b@h100 gpt-5 --requests 1M --input 2000 --output 500 --peak-to-mean 4",
        "llmcost breakeven self/qwen3.6-27b@h200 qwen3.6-plus chat-support --peak-to-mean 4 -f csv",
    ),
    "measure": (
        "llmcost measure http://localhost:8000/v1 --model qwen3.6-27b",
        "llmcost measure https://host/v1 --model qwen3.6-27b --api-key-env MY_KEY",
        "llmcost measure http://localhost:8000/v1 --model qwen3.6-27b -o measured.yaml",
    ),
    "usage": (
        "llmcost usage usage.csv",
        "llmcost usage usage.csv --by day,model -o used.csv",
        "llmcost usage usage.csv --since 2026-10-15 --timezone Europe/Berlin",
    ),
    "reconcile": (
        "llmcost reconcile usage.csv bill.csv",
        "llmcost reconcile usage.csv bill.csv -o differences.csv",
        "llmcost reconcile usage.csv bill.csv --exit-code",
    ),
    "models": (
        "llmcost models qwen3.6",
        "llmcost models --task embedding --seller alibaba",
        "llmcost models self h100",
    ),
    "prices show": (
        "llmcost prices show qwen3.6-plus",
        "llmcost prices show '*/qwen3.6-plus'",
        "llmcost prices show claude-sonnet-5-5 -f json",
    ),
    "prices validate": (
        "llmcost prices validate",
        "llmcost prices validate mine.yaml",
        "llmcost prices validate pricing/api",
    ),
    "prices drift": (
        "llmcost prices drift",
        "llmcost prices drift --from litellm=prices.json",
        "llmcost prices drift -f markdown --exit-code",
    ),
    "prices update": (
        "llmcost prices update",
        "llmcost prices update litellm",
        "llmcost prices update --from litellm@2026-11-26=prices.json",
    ),
    "prices rollback": ("llmcost prices rollback",),
    "prices lock": ("llmcost prices lock", "llmcost prices lock --on 2026-11-29", "llmcost check --frozen"),
    "config show": ("llmcost config show", "llmcost config show --origin", "llmcost config show -f json"),
    "schema": (
        "llmcost schema workload",
        "llmcost schema prices",
        "llmcost schema config",
    ),
    "init": ("llmcost init", "llmcost init --ci github", "llmcost init --ci gitlab"),
    "help": ("llmcost help compare", "llmcost help prices update", "llmcost help"),
}
"""Lines to copy, by what follows the program's name."""


class Command(typer.core.TyperCommand):
    """A command whose help has its options in groups and examples at its end."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then each group of options under its heading."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                heading = getattr(parameter, "rich_help_panel", None) or OWN
                is_option = parameter.param_type_name == "option"
                groups.setdefault(heading if is_option else "Arguments", []).append(record)
        for heading in ("Arguments", *HEADINGS):
            if heading in groups:
                with formatter.section(heading):
                    formatter.write_dl(groups[heading])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples as they are typed."""
        lines = EXAMPLES.get(ctx.command_path.partition(" ")[2], ())
        if lines:
            with formatter.section("Examples"):
                for line in lines:
                    formatter.write(f"{' ' * formatter.current_indent}{line}\n")


class CommandGroup(typer.core.TyperGroup):
    """Several commands, each with its whole summary in the list of them."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each command with the first sentence of what it does, however long that is."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                said = " ".join((command.help or "").split("\n\n")[0].split())
                rows.append((name, said.split(". ")[0].rstrip(".")))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named. Raises LlmcostError, with what may be meant, for one that there is not."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from llmcost.cli.near_misses import command_remedy
            from llmcost.errors import LlmcostError

            remedy = command_remedy(args[0], ctx.command_path, list(self.commands))
            raise LlmcostError(f"no such command: {args[0]}", remedy)
        return super().resolve_command(ctx, args)
