"""Who sells, by the words that public price tables use for them."""

from __future__ import annotations

import re

SELLERS = {
    "amazon_nova": "amazon-nova",
    "aws": "bedrock",
    "aws_polly": "aws-polly",
    "azure_text": "azure",
    "bedrock_converse": "bedrock",
    "bedrock_mantle": "bedrock",
    "codestral": "mistral",
    "cohere_chat": "cohere",
    "dashscope": "alibaba",
    "fireworks_ai": "fireworks",
    "fireworks_ai-embedding-models": "fireworks",
    "gemini": "google",
    "google-vertex": "vertex",
    "amazon-bedrock": "bedrock",
    "fireworks-ai": "fireworks",
    "togetherai": "together",
    "zhipuai": "bigmodel",
    "meta_llama": "meta",
    "moonshotai": "moonshot",
    "text-completion-codestral": "mistral",
    "text-completion-inception": "inception",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "voyageai": "voyage",
    "x-ai": "xai",
    "lambda_ai": "lambda",
    "vercel_ai_gateway": "vercel",
}
"""A table's word for a seller, where it is not the seller's id with `_` for `-`."""
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


def seller_of(word: str) -> str:
    """The id of the seller that a table calls so."""
    if word.startswith(("vertex_ai", "vertex-ai")):
        return "vertex"
    return SELLERS.get(word, word.replace("_", "-").lower())


def name_of(seller: str) -> str:
    """What a seller is called where no curated sheet names it."""
    return NAMES.get(seller) or seller.replace("-", " ").title()
