import dataclasses
import string
from html.parser import HTMLParser

import numpy as np
import pytest

from rectified import claims
from rectified.claims import Claim, Verdict, load, measure
from rectified.experiments import what_is_relu as lesson
from rectified.rules import VERDICTS, decide

EXPECTED = {
    "C01": "holds",
    "C02": "holds when",
    "C03": "holds when",
    "C04": "holds",
    "C05": "holds when",
}


@pytest.fixture(scope="module")
def ledger():
    return {claim.id: measure(claim.id, seeds=range(10)) for claim in load()}


def test_every_verdict_is_the_expected_one_over_ten_seeds(ledger):
    assert {name: verdict.verdict for name, verdict in ledger.items()} == EXPECTED


def test_verdicts_do_not_hang_on_the_choice_of_seeds(ledger):
    for name in ("C01", "C02", "C03", "C05"):
        assert measure(name, seeds=range(100, 105)).verdict == EXPECTED[name]


# --- sabotage: what would have to be true for a verdict to flip -----------------


def sabotage(monkeypatch, claim_id, **changes):
    """Change fields of an experiment's result and judge the claim again."""
    name = {claim.id: claim.experiment for claim in load()}[claim_id].split(".")[1]
    real = getattr(lesson, name)

    def experiment(*args, **kwargs):
        result = real(*args, **kwargs)
        made = {field: change(result) for field, change in changes.items()}
        return dataclasses.replace(result, **made)

    monkeypatch.setattr(lesson, name, experiment)
    return measure(claim_id, seeds=range(2)).verdict


@pytest.mark.parametrize(
    ("claim_id", "field", "change", "verdict"),
    [
        ("C01", "n_different", lambda r: r.n_different + 1, "not as stated"),
        ("C01", "n_not_elementwise", lambda r: r.n_different + 1, "not as stated"),
        (
            "C01",
            "special_outputs",
            lambda r: np.arange(36.0).reshape(4, 9),
            "holds when",
        ),
        ("C02", "n_changed", lambda r: r.n_changed + 1, "not as stated"),
        ("C02", "n_leaked", lambda r: r.n_leaked + 1, "not as stated"),
        ("C02", "blocked_inputs", lambda r: 0 * r.blocked_inputs, "holds"),
        ("C03", "left", lambda r: r.left + 0.01, "not as stated"),
        ("C03", "right", lambda r: r.right * 0.99, "not as stated"),
        ("C03", "angles", lambda r: 0 * r.angles + 45, "holds"),
        ("C03", "angles", lambda r: r.angles - 1, "not as stated"),
        ("C04", "values", lambda r: r.values + 1, "not as stated"),
        ("C04", "values", lambda r: r.values + np.eye(6, 2), "holds when"),
    ],
)
def test_other_numbers_give_another_verdict(
    monkeypatch, claim_id, field, change, verdict
):
    assert sabotage(monkeypatch, claim_id, **{field: change}) == verdict


def test_c01_flips_if_relu_leaks(monkeypatch):
    target = "rectified.experiments.what_is_relu.definition.DEFINITIONS"
    leaky = {**lesson.DEFINITIONS, "max": lambda x: np.maximum(x, x / 100)}
    monkeypatch.setattr(target, leaky)
    assert measure("C01", seeds=range(2)).verdict == "not as stated"


def test_c02_flips_if_the_gate_leaks(monkeypatch):
    target = "rectified.experiments.what_is_relu.gates.relu_torch"
    monkeypatch.setattr(target, lambda x: np.maximum(x, x / 100))
    assert measure("C02", seeds=range(2)).verdict == "not as stated"


def test_c05_flips_if_the_relu_arm_is_linear_too(monkeypatch):
    linear, relu, *others = lesson.ARMS
    target = "rectified.experiments.what_is_relu.collapse_measured.ARMS"
    arms = (linear, relu._replace(activation="identity"), *others)
    monkeypatch.setattr(target, arms)
    assert measure("C05", seeds=range(3)).verdict == "not as stated"


def test_c05_flips_if_linear_stacks_do_not_collapse(monkeypatch):
    target = "rectified.experiments.what_is_relu.depth.collapse"
    monkeypatch.setattr(target, lambda p: (p.weights[0][:, :, :1], p.biases[-1]))
    assert measure("C05", seeds=range(3)).verdict == "not as stated"


def test_c05_holds_without_condition_if_no_task_is_separable(monkeypatch):
    target = "rectified.experiments.what_is_relu.collapse_measured.TASKS"
    monkeypatch.setattr(target, ("circles", "moons"))
    sentences = dict.fromkeys(VERDICTS, "yes")
    claim = {claim.id: claim for claim in load()}["C05"]
    bare = dataclasses.replace(claim, sentences=sentences, how="", limits="")
    monkeypatch.setattr(claims, "load", lambda: (bare,))
    assert measure("C05", seeds=range(3)).verdict == "holds"


def test_a_wrong_rule_gives_a_wrong_verdict(monkeypatch):
    from rectified.rules import Finding
    from rectified.rules import what_is_relu as rules

    real = rules.judge_gate
    monkeypatch.setattr(
        rules, "judge_gate", lambda result: Finding("holds", real(result).numbers)
    )
    assert measure("C02", seeds=range(2)).verdict != EXPECTED["C02"]


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
