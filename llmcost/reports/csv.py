"""CSV and TSV: a header, LF, decimal points, no symbols; read the same by awk, Python and a database."""

from __future__ import annotations

import csv
import io

from llmcost.reports.tables import Table


def render_csv(table: Table, header: bool = True, delimiter: str = ",") -> str:
    """The table as delimited text."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    if header:
        writer.writerow(table.columns)
    writer.writerows(table.rows)
    return stream.getvalue()


def render_tsv(table: Table, header: bool = True) -> str:
    """The table as tab-separated text."""
    return render_csv(table, header, "\t")
