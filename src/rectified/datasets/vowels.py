"""Spoken vowels, synthesized: a buzzing source, shaped by the vocal tract.

Five (or up to ten) American English vowels by many voices, each a sustained sound of
a quarter of a second in white noise. The course computes them: no recordings, no
rights of others, no files.

Sources: the formants are the averages of 33 men in table II of G. E. Peterson and
H. L. Barney (1952), "Control methods used in a study of the vowels", Journal of the
Acoustical Society of America 24, 175-184. The filter is described in
`rectified.datasets.voices`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_integer, check_number, problem
from rectified.datasets._draws import draw_labels, spawn_parts
from rectified.datasets.voices import log_spectrogram, synthesize

FORMANTS = MappingProxyType(
    {
        "heed": (270.0, 2290.0, 3010.0),
        "hid": (390.0, 1990.0, 2550.0),
        "head": (530.0, 1840.0, 2480.0),
        "had": (660.0, 1720.0, 2410.0),
        "hod": (730.0, 1090.0, 2440.0),
        "hawed": (570.0, 840.0, 2410.0),
        "hood": (440.0, 1020.0, 2240.0),
        "who'd": (300.0, 870.0, 2240.0),
        "hud": (640.0, 1190.0, 2390.0),
        "heard": (490.0, 1350.0, 1690.0),
    }
)
"""First three formants (resonances of the vocal tract) in Hz, averages of 33 men.

The key is the word in which the vowel was spoken. From Peterson and Barney (1952),
table II.
"""

PITCHES = (90.0, 260.0)
"""Lowest and highest fundamental frequency of a voice in Hz."""

TRACT_LENGTHS = (0.82, 1.22)
"""Shortest and longest vocal tract, in units of the average man's."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class VowelPart:
    """Training or test part of the vowels.

    Attributes
    ----------
    inputs : ndarray of float32, shape (n, 1, 129, 15)
        Spectrograms, shifted and scaled by `Vowels.mean` and `Vowels.deviation`, as
        images with one channel. Axis 2 is frequency, from 0 to 4000 Hz; axis 3 is
        time.
    labels : ndarray of int64, shape (n,)
        Place of the vowel in `Vowels.names`. Class sizes differ by at most one.
    waveforms : ndarray of float32, shape (n, 2048)
        Sound pressure at 8000 samples per second. Without its noise, each has a
        root mean square of 1.
    pitches : ndarray of float64, shape (n,)
        Fundamental frequency of each voice in Hz.
    tract_lengths : ndarray of float64, shape (n,)
        Length of each voice's vocal tract in units of the average man's.
    """

    inputs: Floats
    labels: NDArray[np.int64]
    waveforms: Floats
    pitches: NDArray[np.float64]
    tract_lengths: NDArray[np.float64]


@dataclass(frozen=True)
class Vowels:
    """What `make_vowels` returns.

    Attributes
    ----------
    train, test : VowelPart
        Other voices, drawn independently of each other.
    names : tuple of str
        Keys of `FORMANTS`; ``names[label]`` is the word that holds the vowel.
    mean, deviation : float
        Over all values of the training part's spectrograms, in dB. So
        ``inputs * deviation + mean`` is the spectrogram in dB, as `log_spectrogram`
        gives it.
    """

    train: VowelPart
    test: VowelPart
    names: tuple[str, ...]
    mean: float
    deviation: float


def make_vowels(
    *,
    seed: int,
    n_train: int = 600,
    n_test: int = 400,
    snr: float = 5.0,
    names: Iterable[str] = ("heed", "head", "hod", "hawed", "who'd"),
) -> Vowels:
    """Synthesize vowels of many voices, in noise.

    A voice has a pitch (uniform from 90 to 260 Hz) and a vocal tract (its length
    uniform from 0.82 to 1.22 times the average man's). All formants of a vowel are
    divided by the length, as the resonances of a tube are. Real voices link pitch
    to length; here the two are independent, so pitch says nothing about the vowel.

    Parameters
    ----------
    seed : int
        The same seed gives the same sounds.
    n_train, n_test : int
        Number of sounds in each part, at least 2.
    snr : float
        Signal-to-noise ratio in dB, from -30 to 100: power of the voice over power
        of the white Gaussian noise.
    names : iterable of str
        At least two different keys of `FORMANTS`.

    Returns
    -------
    Vowels

    Raises
    ------
    ValueError
        If a name is unknown or occurs twice, or a number is out of range.

    Notes
    -----
    1000 sounds take a few tenths of a second. Sources: see the head of this module.

    Examples
    --------
    >>> vowels = make_vowels(seed=0, n_train=20, n_test=10)
    >>> vowels.train.inputs.shape, vowels.test.waveforms.shape
    ((20, 1, 129, 15), (10, 2048))
    """
    counts = (
        check_integer("n_train", n_train, minimum=2),
        check_integer("n_test", n_test, minimum=2),
    )
    snr = check_number("snr", snr, minimum=-30.0, maximum=100.0)
    words = _check_names(names)
    trained, tested = (
        _draw_sounds(rng, count, words, snr)
        for rng, count in zip(spawn_parts(seed), counts, strict=True)
    )
    known, new = (log_spectrogram(part.waveforms) for part in (trained, tested))
    mean, deviation = float(known.mean()), float(known.std())
    known, new = ((part[:, None] - mean) / deviation for part in (known, new))
    return Vowels(
        train=VowelPart(known, *trained),
        test=VowelPart(new, *tested),
        names=words,
        mean=mean,
        deviation=deviation,
    )


class _Sounds(NamedTuple):
    """The fields of a `VowelPart` that are known before the scaling."""

    labels: NDArray[np.int64]
    waveforms: Floats
    pitches: NDArray[np.float64]
    tract_lengths: NDArray[np.float64]


def _check_names(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise problem("names", "a list of words", names, f"write [{names!r}, ...]")
    chosen = tuple(check_choice("names", name, FORMANTS) for name in names)
    if len(set(chosen)) < max(2, len(chosen)):
        raise problem("names", "two or more different words", chosen, "change the list")
    return chosen


def _draw_sounds(
    rng: np.random.Generator, count: int, names: tuple[str, ...], snr: float
) -> _Sounds:
    labels = draw_labels(rng, count, len(names))
    pitches = rng.uniform(*PITCHES, count)
    lengths = rng.uniform(*TRACT_LENGTHS, count)
    formants = np.array([FORMANTS[name] for name in names])[labels]
    phases = rng.uniform(0.0, 1.0, count)
    clean = synthesize(formants / lengths[:, None], pitches, phases=phases)
    # The voice has a mean square of 1, so this is the noise's standard deviation.
    level = 10.0 ** (-snr / 20)
    noisy = clean + level * rng.standard_normal(clean.shape)
    return _Sounds(labels, noisy.astype(np.float32), pitches, lengths)
