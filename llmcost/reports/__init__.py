"""Results out: one file a format, one line here.

``terminal`` and ``explain`` are for people; ``csv``, ``json`` and ``text`` for programs and documents.
"""

FORMATS = ("table", "markdown", "csv", "tsv", "json", "jsonl")
