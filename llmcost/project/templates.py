"""What `llmcost init` writes: a workload and a config to begin with, commented."""

from __future__ import annotations

WORKLOAD_NAME = "workload.yaml"

WORKLOAD = """\
# What is sent in a month: one class for each kind of request. `llmcost schema workload` prints what a class may hold.
kind: workload
name: my app
classes:
  - name: chat
    requests: 100k / month          # or 3k / day, or 200 / hour
    input_tokens: 2000              # or sizes that differ: {p50: 1k, p95: 8k}
    output_tokens: 400
    # cache_read: 40%               # of the input, where you know what the cache finds
    # terms: {batch: 30%}           # a share that may wait, where batch is sold
    # hours: {weekdays: mon-fri, from: "08:00", to: "18:00", timezone: Europe/Berlin}

  # - name: agent                   # a conversation: each prompt carries all that went before
  #   sessions: 5k / month
  #   conversation: {system: 3k, turns: 20, user: 200, tool_results: 1k, output: 400, pause: {median: 20s, p95: 4m}}

  # - name: photos                  # media are counted by each model's own rule
  #   requests: 10k / month
  #   images: {count: 1, size: 1920x1080}
  #   output_tokens: 200
  #   offer: google/gemini-2.5-flash    # a class may be fixed to one offer
# growth: 5% / month                # counts with `--months 12`
"""

CONFIG = """\
# What llmcost takes in this folder and below when nothing else is named. `llmcost schema config` prints every key.
version: 1
workload: workload.yaml
# models: [qwen3.6-plus, gemini-2.5-flash, deepseek-v4-pro]
# prices: [prices]                  # your own price sheets, over the built-in ones
# currency: EUR
# discounts: [alibaba -10%]         # negotiated, by seller, model or meter; shown as a step of its own
# commitments: [alibaba 1000 USD / month]
# budgets:                          # what `llmcost check` judges
#   - name: app
#     max_monthly: 500 USD
#     warn_at: 80%
"""
