"""Handwritten digits: 1797 images of 8 x 8 pixels that come with scikit-learn.

Source: E. Alpaydin and C. Kaynak (1998), "Optical Recognition of Handwritten
Digits", UCI Machine Learning Repository, doi:10.24432/C50P49, license CC BY 4.0.
scikit-learn holds the test set of that collection, written by 13 people. Each pixel
counts the inked cells of a 4 x 4 block of the scanned bitmap, so it is an integer
from 0 to 16.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_integer, check_number, problem

N_DIGITS = 1797
"""Number of images in the collection."""

FILE = "datasets/data/digits.csv.gz"
"""Where scikit-learn keeps them, below its package."""

SCALINGS = ("feature", "global", "unit", "raw")
"""Ways to scale the pixels, see `load_digits`."""

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class DigitPart:
    """Training or test part of the digits.

    Attributes
    ----------
    inputs : ndarray of float32, shape (n, 64)
        Scaled pixels, row after row from the top left.
    labels : ndarray of int64, shape (n,)
        Digits 0 to 9; in a training part with label noise, some are wrong.
    true_labels : ndarray of int64, shape (n,)
        Digits without label noise.
    numbers : ndarray of int64, shape (n,)
        Which of the 1797 images of `sklearn.datasets.load_digits` each one is.
    """

    inputs: Floats
    labels: Integers
    true_labels: Integers
    numbers: Integers

    @property
    def images(self) -> Floats:
        """The inputs as images with one channel, shape (n, 1, 8, 8)."""
        return self.inputs.reshape(-1, 1, 8, 8)

    @property
    def rows(self) -> Floats:
        """The inputs as sequences of 8 rows with 8 pixels each, shape (n, 8, 8)."""
        return self.inputs.reshape(-1, 8, 8)

    @property
    def pixels(self) -> Floats:
        """The inputs as sequences of 64 single pixels, shape (n, 64, 1)."""
        return self.inputs.reshape(-1, 64, 1)


@dataclass(frozen=True)
class Digits:
    """What `load_digits` returns.

    Attributes
    ----------
    train, test : DigitPart
        They share no image.
    shift, scale : ndarray of float64, shape (64,)
        ``inputs = (counts - shift) / scale``, with counts from 0 to 16. Both come
        from the training part alone.
    """

    train: DigitPart
    test: DigitPart
    shift: NDArray[np.float64]
    scale: NDArray[np.float64]


def load_digits(
    *,
    seed: int,
    scaling: str = "feature",
    n_train: int | None = None,
    n_test: int = 360,
    label_noise: float = 0.0,
) -> Digits:
    """Load the handwritten digits, split into a training and a test part.

    Both parts hold the ten digits in the proportions of the whole collection, to
    within two images each. With the same seed and `n_test`, the test part is always
    the same, and a small training part is contained in every larger one.

    Parameters
    ----------
    seed : int
        Decides the split, the order of the images and the label noise.
    scaling : {"feature", "global", "unit", "raw"}
        "feature" gives each pixel mean 0 and standard deviation 1 over the training
        part (a pixel that never varies there is only shifted); "global" does so with
        one mean and one deviation for all pixels; "unit" divides by 16, so that
        inputs lie in [0, 1]; "raw" leaves the counts from 0 to 16.
    n_train : int, optional
        Number of training images, from 10. Default: all that are left, 1437.
    n_test : int
        Number of test images, from 10 to 1787.
    label_noise : float
        Share of training labels, from 0 to 1, that are drawn anew, each digit being
        as likely as any other. So about a tenth of them stay right by chance.

    Returns
    -------
    Digits

    Raises
    ------
    ValueError
        If `scaling` is unknown, a number is out of range, or the two parts ask for
        more images than there are.

    Notes
    -----
    Source and license: see the head of this module. Scaled by "feature", a drop of
    ink on a pixel that is nearly always empty lies far out: up to ``sqrt(n_train)``
    standard deviations in the training part, 38 with 1437 images, and once in a while
    over 200 in the test part.

    Examples
    --------
    >>> digits = load_digits(seed=0)
    >>> digits.train.inputs.shape, digits.test.images.shape
    ((1437, 64), (360, 1, 8, 8))
    """
    seed = check_integer("seed", seed)
    scaling = check_choice("scaling", scaling, SCALINGS)
    n_test = check_integer("n_test", n_test, minimum=10, maximum=N_DIGITS - 10)
    left = N_DIGITS - n_test
    n_train = left if n_train is None else check_integer("n_train", n_train, minimum=10)
    if n_train > left:
        rule = f"at most {left} beside {n_test} test images"
        raise problem("n_train", rule, n_train, "ask for fewer images")
    noise = check_number("label_noise", label_noise, minimum=0.0, maximum=1.0)
    counts, labels = _read()
    # One stream for each purpose: more noise does not change who is in the split.
    splitting, ordering, redrawing = np.random.default_rng(seed).spawn(3)
    order = _stratify(labels, splitting)
    held_out = order[:n_test]
    numbers = ordering.permutation(order[n_test : n_test + n_train])
    shift, scale = _measure_scaling(counts[numbers], scaling)
    inputs = ((counts - shift) / scale).astype(np.float32)
    noisy = _redraw(labels[numbers], noise, redrawing)
    return Digits(
        train=DigitPart(inputs[numbers], noisy, labels[numbers], numbers),
        test=DigitPart(
            inputs[held_out], labels[held_out], labels[held_out].copy(), held_out
        ),
        shift=shift,
        scale=scale,
    )


@lru_cache(maxsize=1)
def _read() -> tuple[NDArray[np.float64], Integers]:
    """Return the counts, shape (1797, 64), and the labels; nobody may change them."""
    table = _read_table()
    counts, labels = table[:, :-1].copy(), table[:, -1].astype(np.int64)
    counts.flags.writeable = labels.flags.writeable = False
    return counts, labels


def _read_table() -> NDArray[np.float64]:
    """Return one row per image: 64 counts and the label."""
    # To import scikit-learn takes forty times as long as to read its file.
    package = find_spec("sklearn")
    for folder in (package and package.submodule_search_locations) or []:
        file = Path(folder, FILE)
        if file.is_file():
            return np.loadtxt(file, delimiter=",")
    from sklearn import datasets  # type: ignore[import-untyped]

    return np.column_stack(datasets.load_digits(return_X_y=True))


def _stratify(labels: Integers, rng: np.random.Generator) -> Integers:
    """Return an order in which any stretch holds the classes in proportion."""
    shuffled = rng.permutation(labels.size)
    place = np.empty(labels.size)
    for digit in range(10):
        members = shuffled[labels[shuffled] == digit]
        # The members of a class spread evenly over 0 to 1, whatever their number.
        place[members] = (np.arange(members.size) + 0.5) / members.size
    return shuffled[np.argsort(place[shuffled], kind="stable")].astype(np.int64)


def _measure_scaling(
    counts: NDArray[np.float64], scaling: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return shift and scale for each pixel, from the training counts."""
    if scaling in ("raw", "unit"):
        return np.zeros(64), np.full(64, 16.0 if scaling == "unit" else 1.0)
    axis = 0 if scaling == "feature" else None
    shift, scale = counts.mean(axis=axis), counts.std(axis=axis)
    scale = np.where(scale > 0, scale, 1.0)
    return np.broadcast_to(shift, 64).copy(), np.broadcast_to(scale, 64).copy()


def _redraw(labels: Integers, share: float, rng: np.random.Generator) -> Integers:
    """Return labels of which a share is drawn anew."""
    noisy = labels.copy()
    # More noise redraws the same labels and some more.
    chosen = rng.permutation(labels.size)[: round(share * labels.size)]
    noisy[chosen] = rng.integers(0, 10, labels.size)[: chosen.size]
    return noisy
