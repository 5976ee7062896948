"""Sellers by the words that other tools and public price tables use for them."""

from __future__ import annotations

SELLERS = {
    "alibaba_cloud": "alibaba",
    "aliyun": "alibaba",
    "bailian": "alibaba",
    "modelstudio": "alibaba",
    "gcp": "vertex",
    "google-cloud": "vertex",
    "amazon_nova": "amazon-nova",
    "aws": "bedrock",
    "aws.bedrock": "bedrock",
    "aws_polly": "aws-polly",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "azure_text": "azure",
    "bedrock_converse": "bedrock",
    "bedrock_mantle": "bedrock",
    "codestral": "mistral",
    "cohere_chat": "cohere",
    "dashscope": "alibaba",
    "fireworks_ai": "fireworks",
    "fireworks_ai-embedding-models": "fireworks",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "vertex",
    "gemini": "google",
    "google-vertex": "vertex",
    "amazon-bedrock": "bedrock",
    "fireworks-ai": "fireworks",
    "togetherai": "together",
    "zhipuai": "bigmodel",
    "qwen": "alibaba",
    "meta_llama": "meta",
    "mistral_ai": "mistral",
    "mistralai": "mistral",
    "moonshot_ai": "moonshot",
    "moonshotai": "moonshot",
    "text-completion-codestral": "mistral",
    "text-completion-inception": "inception",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "voyageai": "voyage",
    "x-ai": "xai",
    "x_ai": "xai",
    "lambda_ai": "lambda",
    "vercel_ai_gateway": "vercel",
}
"""Another word for a seller, where it is not the seller's id with `_` for `-`."""


def seller_of(word: str) -> str:
    """The id of the seller that other tools call so."""
    if word.startswith(("vertex_ai", "vertex-ai")):
        return "vertex"
    return SELLERS.get(word, word.replace("_", "-").lower())
