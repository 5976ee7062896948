"""What was asked: a workload in words, and as data."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from llmcost.core.conditions import STANDARD
from llmcost.core.usage import Usage
from llmcost.core.week import Window
from llmcost.core.workload import RequestGroup, Workload
from llmcost.reports.figures import plain_count, shown_count

UNNAMED = ("workload", "request")
MOST_CLASSES = 8


def describe_workload(workload: Workload) -> list[str]:
    """Lines on what is sent: one for a workload of one class, else one for each class."""
    if len(workload.groups) == 1:
        text = _describe_class(workload.groups[0])
        return [text if workload.name in UNNAMED else f"{workload.name}: {text}"]
    lines = [f"{workload.name}: {shown_count(workload.requests)} requests in {len(workload.groups)} classes"]
    lines += [f"  {group.name}: {_describe_class(group)}" for group in workload.groups[:MOST_CLASSES]]
    if len(workload.groups) > MOST_CLASSES:
        lines.append(f"  and {len(workload.groups) - MOST_CLASSES} more")
    return lines


def workload_data(workload: Workload) -> dict[str, Any]:
    """The workload as plain data; what a class does not set is left out."""
    return {
        "name": workload.name,
        "requests": plain_count(workload.requests),
        "classes": [_class_data(group) for group in workload.groups],
    }


def _describe_class(group: RequestGroup) -> str:
    usage = group.usage
    inside = [
        f"{shown_count(count)} {word}"
        for count, word in (
            (usage.cache_read_input_tokens, "read from cache"),
            (usage.cache_creation_input_tokens, "written to cache"),
            (usage.audio_input_tokens, "audio"),
            (usage.image_input_tokens, "image"),
            (usage.video_input_tokens, "video"),
        )
        if count
    ]
    made = [
        f"{shown_count(count)} {word}"
        for count, word in ((usage.reasoning_output_tokens, "reasoning"), (usage.audio_output_tokens, "audio"))
        if count
    ]
    text = f"{shown_count(usage.input_tokens)} tokens in" + (f" ({', '.join(inside)})" if inside else "")
    text += f" + {shown_count(usage.output_tokens)} out" + (f" ({', '.join(made)})" if made else "")
    requests = "1 request" if group.requests == 1 else f"{shown_count(group.requests)} requests"
    extras = [f"{shown_count(count)} {name.replace('_', ' ')}" for name, count in usage.counts.items() if count]
    extras += [f"{shown_count(share * 100)}% {terms}" for terms, share in group.terms.items() if terms != STANDARD]
    extras += [group.mode] if group.mode else []
    extras += [f"{group.cache} caching" if group.cache != "none" else "no caching"] if group.cache else []
    extras += [f"{name} {value}" for name, value in group.options]
    extras += [f"on {_hours_text(group.hours)}"] if group.hours is not None else []
    return ", ".join([f"{requests} of {text}", *extras])


def _hours_text(hours: tuple[Window, ...]) -> str:
    return ", ".join(window.text for window in hours)


def _class_data(group: RequestGroup) -> dict[str, Any]:
    data: dict[str, Any] = {"name": group.name, "requests": plain_count(group.requests)}
    data["usage"] = {
        item.name: plain_count(value)
        for item in fields(Usage)
        if item.name.endswith("_tokens") and (value := getattr(group.usage, item.name))
    }
    data["usage"] |= {name: plain_count(count) for name, count in group.usage.counts.items() if count}
    if group.terms:
        data["terms"] = {terms: f"{plain_count(share * 100)}%" for terms, share in group.terms.items()}
    for key, value in (("mode", group.mode), ("cache", group.cache)):
        if value:
            data[key] = value
    if group.hours is not None:
        data["hours"] = _hours_text(group.hours)
    if group.options:
        data["options"] = dict(group.options)
    return data
