import string
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from rectified import claims
from rectified.claims import Claim, Verdict, load, measure
from rectified.rules import VERDICTS, decide

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def test_decisions_rank_from_always_true_to_untrue():
    assert decide(true=True, always=True) == "holds"
    assert decide(true=True, always=False) == "holds when"
    assert decide(true=False, always=True) == "not as stated"


# --- the ledger and its texts ---------------------------------------------------


def test_ids_are_unique_and_in_order():
    ids = [claim.id for claim in load()]
    assert ids == sorted(set(ids))
    assert all(name[0] == "C" and name[1:3].isdigit() for name in ids)


def test_every_sentence_of_every_outcome_can_be_filled_in(ledger):
    for verdict in ledger.values():
        claim = verdict.claim
        assert set(claim.sentences) == set(VERDICTS)
        for text in (*claim.sentences.values(), claim.how, claim.limits):
            filled = text.format_map(verdict.numbers)
            assert "{" not in filled
            assert filled.endswith(".")
            assert "  " not in filled


def test_numbers_in_a_verdict_come_from_the_measurement(ledger):
    """A sentence whose claim is about numbers must have places for them."""
    for verdict in ledger.values():
        sentence = verdict.claim.sentences[verdict.verdict]
        assert any(field for _, field, _, _ in string.Formatter().parse(sentence))
        assert verdict.text == sentence.format_map(verdict.numbers)


def test_sources_are_titles_a_reader_can_understand():
    for claim in load():
        assert claim.sources
        for source in claim.sources:
            assert len(source) > 15
            assert ".txt" not in source


def test_a_verdict_tells_seeds_versions_and_date(ledger):
    verdict = ledger["C05"]
    assert verdict.seeds == tuple(range(10))
    assert {"python", "numpy", "torch", "rectified"} == set(verdict.versions)
    for part in ("10 seeds", verdict.date, np.__version__):
        assert part in verdict.provenance
    assert ledger["C04"].seeds == ()
    assert "no seeds" in ledger["C04"].provenance


def test_the_spread_is_shown_where_seeds_matter(ledger):
    for name in ("C02", "C05"):
        assert "±" in ledger[name].text


def test_as_text_a_verdict_fits_a_terminal(ledger):
    for verdict in ledger.values():
        lines = str(verdict).splitlines()
        assert max(map(len, lines)) <= 88
        assert lines[0].startswith(verdict.claim.id)
        assert verdict.verdict.upper() in str(verdict)


class Outline(HTMLParser):
    """Collect tags, classes and text, and check that tags nest."""

    def __init__(self, html):
        super().__init__()
        self.open, self.classes, self.text, self.attributes = [], [], "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.attributes += attrs
        self.classes += dict(attrs).get("class", "").split()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_as_html_a_verdict_is_plain_semantic_and_complete(ledger):
    for verdict in ledger.values():
        outline = Outline(verdict._repr_html_())
        assert outline.open == []
        assert outline.classes[0] == "rectified-verdict"
        assert outline.classes[1].removeprefix("rectified-verdict--") in (
            "holds",
            "holds-when",
            "not-as-stated",
        )
        assert "style" not in dict(outline.attributes)
        for part in (verdict.claim.text, verdict.text, verdict.limits):
            assert part in outline.text
        assert all(source in outline.text for source in verdict.claim.sources)


def test_html_escapes_whatever_the_texts_hold():
    nasty = '<script>alert("&")</script>'
    claim = Claim("C99", "", nasty, (nasty,), "", "", "", nasty, {}, nasty)
    verdict = Verdict(claim, "holds", nasty, nasty, nasty, {}, (), {"numpy": nasty}, "")
    html = verdict._repr_html_()
    assert "<script" not in html
    assert Outline(html).text.count(nasty) == 6


# --- errors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"claim_id": "c05"}, "`claim_id` must be one of 'C01'"),
        ({"seeds": (3,)}, r"`seeds` must be two or more integers, got \(3,\)"),
        ({"seeds": ()}, "`seeds` must be non-empty"),
        ({"seeds": 10}, r"write range\(10\)"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        measure(**{"claim_id": "C01", **arguments})


def test_a_claim_without_all_three_sentences_is_refused():
    entry = {"id": "C98", "sources": [], "verdicts": {"holds": "Yes."}}
    with pytest.raises(ValueError, match=r"`verdicts` must be .*complete claim C98"):
        claims._read(entry, {})


@pytest.mark.parametrize("claim", load(), ids=lambda claim: claim.id)
def test_a_claim_is_measured_in_the_lesson_that_teaches_it(claim):
    text = (NOTEBOOKS / f"{claim.lesson}.ipynb").read_text("utf-8")
    assert f'measure(\\"{claim.id}\\")' in text
