"""Sellers of whom public price tables know more than the curated sheets."""

from __future__ import annotations

import re

NAMES = {
    "aihubmix": "AIHubMix",
    "alibaba": "Alibaba Cloud Model Studio",
    "azure": "Azure OpenAI",
    "azure-ai": "Azure AI Foundry",
    "baseten": "Baseten",
    "bedrock": "Amazon Bedrock",
    "cloudflare": "Cloudflare Workers AI",
    "databricks": "Databricks",
    "deepgram": "Deepgram",
    "elevenlabs": "ElevenLabs",
    "fal-ai": "fal",
    "github-copilot": "GitHub Copilot",
    "oci": "Oracle Cloud Infrastructure",
    "ovhcloud": "OVHcloud",
    "perplexity": "Perplexity",
    "sambanova": "SambaNova",
    "tencent": "Tencent Cloud",
    "vercel": "Vercel AI Gateway",
    "vertex": "Google Vertex AI",
    "volcengine": "Volcengine",
    "voyage": "Voyage AI",
    "wandb": "Weights & Biases",
}


PROFILES = {"bedrock": re.compile(r"(?P<regions>us|eu|apac|au|jp|in|us-gov|global)[.].+")}
"""How an id of a seller begins where it names the regions that it may run in, and is an id with them only."""


def regions_of(seller: str, own: str) -> str | None:
    """The regions that a seller's id names, which are where it is sold; None where it names none."""
    profile = PROFILES[seller].fullmatch(own) if seller in PROFILES else None
    return profile["regions"] if profile else None


def name_of(seller: str) -> str:
    """What a seller is called where no curated sheet names it."""
    return NAMES.get(seller) or seller.replace("-", " ").title()
