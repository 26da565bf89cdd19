"""Tables of text and of HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Table:
    """Rows under named columns; the first cell of a row names it."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def to_text(self) -> str:
        """Return aligned columns: names to the left, numbers to the right."""
        cells = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0])]
                + [
                    cell.rjust(width)
                    for cell, width in zip(row[1:], widths[1:], strict=True)
                ]
            )
            for row in cells
        ]
        return "\n".join([self.caption, *lines])

    def to_html(self) -> str:
        """Return a table that a screen reader can read cell by cell."""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        body = "".join(map(_write_row, self.rows))
        return (
            f"<table><caption>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _write_row(row: Sequence[str]) -> str:
    name, *cells = map(escape, row)
    data = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{data}</tr>'


def write_html(
    label: str, headline: str, parts: Iterable[str], remarks: Sequence[str]
) -> str:
    """Return a section of HTML parts with a headline above and remarks below."""
    items = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    return (
        f'<section aria-label="{escape(label)}"><p>{escape(headline)}</p>'
        f"{''.join(parts)}{f'<ul>{items}</ul>' if items else ''}</section>"
    )


def write_count(number: int, noun: str, ending: str = "s") -> str:
    """Return a number and its noun, as in "3 batches"."""
    return f"{number} {noun}{'' if number == 1 else ending}"


def write_number(value: float) -> str:
    """Return three digits, or a dash for NaN."""
    return "–" if math.isnan(value) else f"{value:.3g}"


def write_share(value: float) -> str:
    """Return a percentage that is 0 % or 100 % only if it is exactly that."""
    if math.isnan(value):
        return "–"
    percent = 100 * value
    if 0 < percent < 0.1:
        return "<0.1 %"
    if 99.9 < percent < 100:
        return ">99.9 %"
    return (
        f"{percent:.3g} %" if percent < 10 else f"{percent:.1f} %".replace(".0 ", " ")
    )
