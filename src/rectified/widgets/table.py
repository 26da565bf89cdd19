"""`Table`: measured numbers as an accessible HTML table."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from rectified.widgets.front_end import styled


@dataclass(frozen=True)
class Table:
    """A table that Jupyter and the book show alike.

    Parameters
    ----------
    caption : str
        What the table shows, one sentence.
    columns : sequence of str
        Headings; the first one names the rows.
    rows : sequence of sequence of str
        Cells; the first one of each row is its heading.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than there are columns.

    Examples
    --------
    >>> print(Table("Squares", ["x", "x²"], [["2", "4"]]))
    Squares
    x | x²
    2 | 4
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"`rows` must have {len(self.columns)} cells each, got {row}; "
                    "give one cell per column"
                )

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        return "\n".join([self.caption, *(" | ".join(line) for line in lines)])

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in self.columns)
        body = "".join(
            f'<tr><th scope="row">{_text(first)}</th>'
            + "".join(f"<td>{_text(cell)}</td>" for cell in cells)
            + "</tr>"
            for first, *cells in self.rows
        )
        # Wider than a phone, a table scrolls by itself; so it takes the keyboard.
        return styled(
            '<div class="rectified-scroll" tabindex="0" role="group" '
            f'aria-label="{_text(self.caption)}"><table class="rectified-table">'
            f"<caption>{_text(self.caption)}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _text(cell: str) -> str:
    return html.escape(cell)
