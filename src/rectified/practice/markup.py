"""The short texts of predictions, quizzes and checks: Markdown with formulas, as HTML.

Formulas become MathML, which browsers draw by themselves. So a quiz looks the same in
JupyterLab, whose own formulas do not reach into widgets, and in the book.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

_TIGHT = '<mo lspace="0" rspace="0" stretchy="false"'
# What a browser would set too widely: infinity as an operator, bars, a slash, and the
# minus sign of a number after another operator (but for a closing bracket).
_TIDY = (
    (re.compile("<mo>&#x0221E;</mo>"), "<mi>∞</mi>"),
    (re.compile('<mo stretchy="false">&#x0007C;'), f"{_TIGHT}>|"),
    (re.compile("<mo>&#x0002F;"), f"{_TIGHT}>/"),
    (
        re.compile(r"(?<!&#x00029;)(?<!\])</mo><mo>&#x02212;"),
        f'</mo>{_TIGHT} form="prefix">−',
    ),
)
_TAG = re.compile(r"<[^>]*>")


@cache
def to_html(text: str) -> str:
    """Return one paragraph of Markdown as HTML, without the paragraph's own tags.

    Parameters
    ----------
    text : str
        Emphasis, `code`, links, and formulas between single dollars.

    Examples
    --------
    >>> to_html("*Half* of `z`")
    '<em>Half</em> of <code>z</code>'
    >>> to_html("$x < 1$")[:5]
    '<math'
    """
    rendered = str(_markdown()(text.strip())).strip()
    if rendered.count("<p>") == 1:
        rendered = rendered.removeprefix("<p>").removesuffix("</p>")
    return rendered


def to_text(text: str) -> str:
    """Return Markdown as plain words, for places that show no HTML.

    Examples
    --------
    >>> to_text("*Half* of `z`, or $x$")
    'Half of z, or x'
    """
    return html.unescape(_TAG.sub("", to_html(text)))


@cache
def _markdown() -> Any:
    import mistune
    from latex2mathml.converter import convert

    class Renderer(mistune.HTMLRenderer):
        def inline_math(self, text: str) -> str:
            formula = str(convert(text))
            for pattern, better in _TIDY:
                formula = pattern.sub(better, formula)
            return formula

    # `escape`: a "<" in a text is a smaller-than sign, never a tag.
    return mistune.create_markdown(renderer=Renderer(escape=True), plugins=["math"])
