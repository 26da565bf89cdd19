import re
from pydoc_data import topics

import numpy as np
import pytest

from rectified.datasets import ALPHABET, CharacterText, decode, encode, load_text


def squeeze(text):
    return " ".join(text.split())


def paragraphs(text):
    return [squeeze(part) for part in re.split(r"\n\s*\n", text) if part.strip()]


def test_the_alphabet_is_newline_and_what_ascii_can_print():
    assert len(ALPHABET) == len(set(ALPHABET)) == 96
    assert all(
        sign == "\n" or (sign.isascii() and sign.isprintable()) for sign in ALPHABET
    )


def test_decoding_undoes_encoding():
    codes = encode(ALPHABET)
    np.testing.assert_array_equal(codes, np.arange(96))
    assert decode(codes) == ALPHABET
    assert decode(encode("")) == ""


@pytest.mark.parametrize("seed", [0, 1])
def test_the_text_is_what_python_brings_along(seed):
    text = load_text(seed=seed)
    for codes in (text.train, text.validation):
        assert codes.dtype == np.int64
        assert 0 <= codes.min() <= codes.max() < text.vocabulary_size == 96
    # Repeats are a fifth of the pages.
    size = len(text.train) + len(text.validation)
    whole = sum(map(len, topics.topics.values()))
    assert 0.6 * whole < size < whole
    known = squeeze("\n\n".join(topics.topics.values()))
    plain = [part for part in paragraphs(decode(text.train)) if '"' not in part]
    here = [part for part in plain if "'" not in part and "-" not in part]
    # Those that typography cannot have touched are there word by word.
    assert len(here) > 500
    assert sum(part in known for part in here) > 0.95 * len(here)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_the_share_held_out_is_the_one_asked_for(share):
    text = load_text(seed=0, validation_share=share)
    size = len(text.train) + len(text.validation)
    # The cut waits for the end of a paragraph; the longest have some 3000 characters.
    assert len(text.validation) == pytest.approx(share * size, abs=3000)


@pytest.mark.parametrize("seed", range(3))
def test_no_paragraph_is_in_both_parts_or_twice_in_one(seed):
    text = load_text(seed=seed)
    train, held_out = (paragraphs(decode(c)) for c in (text.train, text.validation))
    both = train + held_out
    assert len(both) == len(set(both)) > 1000


def share_of_windows_that_are_known(train, held_out, width=100):
    starts = range(0, len(held_out) - width, width)
    return np.mean([held_out[start : start + width] in train for start in starts])


def test_next_to_nothing_of_the_validation_part_can_be_known_by_heart():
    for seed in range(3):
        text = load_text(seed=seed)
        train, held_out = (squeeze(decode(c)) for c in (text.train, text.validation))
        assert share_of_windows_that_are_known(train, held_out) < 0.02


def test_the_pages_themselves_repeat_each_other_which_is_why_repeats_are_dropped():
    pages = [squeeze(topics.topics[name]) for name in sorted(topics.topics)]
    train, held_out = " ".join(pages[::2]), " ".join(pages[1::2])
    assert share_of_windows_that_are_known(train, held_out) > 0.05


def test_a_page_that_a_release_of_python_adds_moves_no_other(monkeypatch):
    pages = {name: f"About {name}.\n\nMore on {name}." for name in "abcdefghij"}
    monkeypatch.setattr(topics, "topics", pages)
    before = load_text(seed=0, validation_share=0.5)
    monkeypatch.setattr(topics, "topics", {"new": "Something new.", **pages})
    after = load_text(seed=0, validation_share=0.5)
    old, new = (
        "\n\n".join(decode(codes) for codes in (text.train, text.validation))
        for text in (before, after)
    )
    assert re.sub(r"Something new\.\n\n|\n\nSomething new\.", "", new) == old
    assert sorted(re.findall(r"About (\w)", old)) == sorted(pages)
    assert re.findall(r"About (\w)", old) != sorted(pages)


def test_typography_becomes_ascii(monkeypatch):
    page = "“Don’t” — wait… 3–4 °, straße, naïve"
    monkeypatch.setattr(topics, "topics", {"x": f"Head\n\n{page}\n\nTail" * 2})
    text = load_text(seed=0, validation_share=0.5)
    whole = decode(text.train) + "\n\n" + decode(text.validation)
    assert '"Don\'t" - wait... 3-4 ?, stra?e, naive' in whole


@pytest.mark.parametrize("part", ["train", "validation"])
def test_targets_are_the_characters_that_follow(part):
    text = load_text(seed=0)
    whole = decode(getattr(text, part))
    batches = list(text.batches(seed=0, part=part, context=20, batch_size=5, steps=4))
    assert len(batches) == 4
    for inputs, targets in batches:
        assert inputs.shape == targets.shape == (5, 20)
        assert inputs.dtype == targets.dtype == np.int64
        for given, wanted in zip(inputs, targets, strict=True):
            assert decode(given) + decode(wanted[-1:]) in whole
            np.testing.assert_array_equal(given[1:], wanted[:-1])


def test_windows_come_from_everywhere_in_the_text_its_ends_included():
    text = CharacterText(np.arange(12), np.arange(12))
    batches = text.batches(seed=0, context=8, batch_size=50, steps=1)
    inputs, targets = next(batches)
    # Four places are possible; 50 draws miss one of them with chance 4 * 0.75 ** 50.
    assert set(inputs[:, 0]) == {0, 1, 2, 3}
    assert targets.max() == 11


def test_changing_a_batch_leaves_the_text_alone():
    text = CharacterText(np.arange(12), np.arange(12))
    inputs, targets = next(text.batches(seed=0, context=4))
    inputs[:] = targets[:] = 0
    np.testing.assert_array_equal(text.train, np.arange(12))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"part": "test"}, "`part` must be one of 'train', 'validation', got 'test'"),
        ({"context": 0}, "`context` must be an integer of at least 1, got 0"),
        ({"context": 12}, "`context` must be shorter than the text of 12 characters"),
        ({"batch_size": 0}, "`batch_size` must be an integer of at least 1, got 0"),
        ({"steps": -1}, "`steps` must be an integer of at least 0, got -1"),
        ({"seed": None}, "`seed` must be an integer of at least 0, got None"),
    ],
)
def test_bad_batches_are_refused_at_the_call(arguments, message):
    text = CharacterText(np.arange(12), np.arange(12))
    with pytest.raises(ValueError, match=message):
        text.batches(**{"seed": 0, "context": 4, **arguments})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: load_text(seed=-1), "`seed` must be an integer of at least 0"),
        (
            lambda: load_text(seed=0, validation_share=0),
            "`validation_share` must be a finite number from 0.01 to 0.5, got 0.0",
        ),
        (lambda: encode("naïve"), "`text` must be made of newlines .*, got 'ï'"),
        (lambda: encode("a\tb"), r"`text` must be made of .*, got '\\t'"),
        (lambda: decode(np.array([96])), "`codes` must be an integer from 0 to 95"),
        (lambda: decode(np.array([-1])), "`codes` must be an integer from 0 to 95"),
        (lambda: decode(np.array([0.5])), "`codes` must be an integer from 0 to 95"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
