"""Characters to predict: the help texts that come with Python itself.

Source: `pydoc_data.topics`, the pages that ``help("for")`` shows, taken from the
Python documentation. Copyright Python Software Foundation, license PSF-2.0. They are
read from the Python that runs the course; nothing is copied or downloaded.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_integer, check_number, problem

ALPHABET = "\n" + "".join(map(chr, range(32, 127)))
"""The 96 characters a text consists of: newline, then ASCII from space to tilde."""

Codes = NDArray[np.int64]

# Single and double quotation marks, then the dashes that typesetters use.
_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")


@dataclass(frozen=True)
class CharacterText:
    """What `load_text` returns.

    Attributes
    ----------
    train, validation : ndarray of int64, shape (n_characters,)
        Each character's place in `ALPHABET`, from 0 to 95. No paragraph is in both.
    """

    train: Codes
    validation: Codes

    @property
    def vocabulary_size(self) -> int:
        """Number of different characters, 96."""
        return len(ALPHABET)

    def batches(
        self,
        *,
        seed: int,
        part: str = "train",
        context: int = 48,
        batch_size: int = 24,
        steps: int = 300,
    ) -> Iterator[tuple[Codes, Codes]]:
        """Draw batches of windows at random places of the text.

        Parameters
        ----------
        seed : int
            The same seed gives the same batches.
        part : {"train", "validation"}
            Where to draw from.
        context : int
            Characters of a window, at least 1.
        batch_size : int
            Windows of a batch, at least 1.
        steps : int
            Number of batches.

        Yields
        ------
        inputs, targets : ndarray of int64, shape (batch_size, context)
            Character codes. ``targets[:, t]`` is the character that follows
            ``inputs[:, t]``.

        Raises
        ------
        ValueError
            At the call, if a number is out of range, `part` is unknown, or the text
            is shorter than one window and the character after it.
        """
        part = check_choice("part", part, ("train", "validation"))
        codes = self.train if part == "train" else self.validation
        context = check_integer("context", context, minimum=1)
        size = check_integer("batch_size", batch_size, minimum=1)
        steps = check_integer("steps", steps)
        rng = np.random.default_rng(check_integer("seed", seed))
        if context >= codes.size:
            rule = f"shorter than the text of {codes.size} characters"
            raise problem("context", rule, context, "take a shorter window")
        windows = np.lib.stride_tricks.sliding_window_view(codes, context + 1)
        picks = (rng.integers(0, len(windows), size) for _ in range(steps))
        drawn = (windows[pick] for pick in picks)
        return ((rows[:, :-1], rows[:, 1:]) for rows in drawn)


def load_text(*, seed: int, validation_share: float = 0.1) -> CharacterText:
    """Load Python's help texts, split into a training and a validation part.

    Many topics repeat passages of others. A paragraph that came before, whatever its
    line breaks, is therefore left out; else the validation part would be known from
    training. Typographic quotation marks and dashes become plain ones; accents
    go, and any other character outside of ASCII becomes a question mark.

    Parameters
    ----------
    seed : int
        Decides the order of the topics, and so which of them are held out.
    validation_share : float
        Share of the characters to hold out, from 0.01 to 0.5. The cut falls on the
        next end of a paragraph.

    Returns
    -------
    CharacterText

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Python 3.11.7 yields 373,000 characters. The texts change with each release of
    Python, and with them the exact numbers of a training. What stays: the alphabet,
    so that networks keep their shape, and the order of the topics, which depends on
    their names and the seed only; a topic that a release adds moves no other.

    Source and license: see the head of this module.

    Examples
    --------
    >>> text = load_text(seed=0)
    >>> inputs, targets = next(text.batches(seed=0, context=16, batch_size=4))
    >>> inputs.shape, (inputs[:, 1:] == targets[:, :-1]).all().item()
    ((4, 16), True)
    """
    seed = check_integer("seed", seed)
    share = check_number(
        "validation_share", validation_share, minimum=0.01, maximum=0.5
    )
    from pydoc_data.topics import topics

    pages = _drop_repeats(topics)
    order = sorted(pages, key=lambda name: _hash(seed, name))
    text = "\n\n".join(pages[name] for name in order)
    cut = text.index("\n\n", int((1 - share) * len(text)))
    return CharacterText(encode(text[:cut]), encode(text[cut + 2 :]))


def encode(text: str) -> Codes:
    r"""Return each character's place in `ALPHABET`.

    Parameters
    ----------
    text : str
        Characters of `ALPHABET` only.

    Returns
    -------
    ndarray of int64, shape (n_characters,)

    Raises
    ------
    ValueError
        If a character is not in `ALPHABET`.

    Examples
    --------
    >>> encode("Hi\n").tolist()
    [41, 74, 0]
    """
    strange = set(text) - set(ALPHABET)
    if strange:
        rule = "made of newlines and printable ASCII characters"
        raise problem("text", rule, min(strange), "replace this character")
    codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64)
    return np.where(codes == ord("\n"), 0, codes - 31)


def decode(codes: NDArray[np.integer]) -> str:
    """Return the text whose characters have these places in `ALPHABET`.

    Parameters
    ----------
    codes : ndarray of int, shape (n_characters,)
        Integers from 0 to 95.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a code is not an integer from 0 to 95.

    Examples
    --------
    >>> decode(encode("for x in y:"))
    'for x in y:'
    """
    last = len(ALPHABET) - 1
    return "".join(
        ALPHABET[check_integer("codes", code, maximum=last)] for code in codes
    )


def _drop_repeats(topics: Mapping[str, str]) -> dict[str, str]:
    """Return the pages without the paragraphs that an earlier one has."""
    seen: set[str] = set()
    pages = {}
    for name in sorted(topics):
        kept = []
        for paragraph in re.split(r"\n\s*\n", _to_ascii(topics[name]).strip("\n")):
            words = " ".join(paragraph.split())
            if words and words not in seen:
                seen.add(words)
                kept.append(paragraph)
        if kept:
            pages[name] = "\n\n".join(kept)
    return pages


def _to_ascii(text: str) -> str:
    # NFKD takes accents off their letters and spells out signs such as an ellipsis.
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^\n -~]", "?", letters)


def _hash(seed: int, name: str) -> bytes:
    # Shuffling would move every topic when a release of Python adds one.
    return hashlib.sha256(f"{seed} {name}".encode()).digest()
