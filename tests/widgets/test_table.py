"""A table is HTML that a screen reader can walk, and text elsewhere."""

import pytest

from rectified.widgets import Table


def test_rows_and_columns_have_headings():
    html = Table("Squares", ["x", "x²"], [["2", "4"]])._repr_html_()
    assert '<th scope="col">x²</th>' in html
    assert '<th scope="row">2</th><td>4</td>' in html
    assert "<caption>Squares</caption>" in html


def test_markup_in_a_cell_stays_text():
    assert "<b>" not in Table("T", ["<b>"], [["<b>"]])._repr_html_()


def test_a_ragged_row_is_refused():
    with pytest.raises(ValueError, match="`rows` must have 2 cells each"):
        Table("T", ["a", "b"], [["1"]])
