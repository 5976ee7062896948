"""Measuring your own server: ``load_test`` drives an ``endpoint``, or ``vllm_bench`` reads a file; ``sheet`` keeps it.

``http`` is the only door to the network.
"""
