"""A voice in two steps, source and filter, and a way to look at it: the spectrogram.

The source is the flow of air through the vocal folds; the filter is a chain of
resonators, one for each formant. Sources: G. Fant (1960), "Acoustic Theory of Speech
Production"; for the resonators, D. H. Klatt (1980), "Software for a cascade/parallel
formant synthesizer", Journal of the Acoustical Society of America 67, 971-995; for
the pulse, a polynomial, D. H. Klatt and L. C. Klatt (1990), "Analysis, synthesis, and
perception of voice quality variations among female and male talkers", same journal
87, 820-857.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, problem

SAMPLE_RATE = 8000
"""Samples per second; frequencies up to 4000 Hz can be heard."""

N_SAMPLES = 2048
"""Samples of a sound, about a quarter of a second."""

BANDWIDTHS = (60.0, 90.0, 150.0)
"""Width in Hz of the first, second and third formant, 3 dB below the peak.

Round numbers of the size that is measured; vowels differ little in them.
"""

OPEN_SHARE = 0.6
"""Share of each period in which the vocal folds let air through."""

WINDOW_SIZE = 256
"""Samples of a spectrogram's window: 32 ms, so a frequency bin is 31.25 Hz wide."""

HOP = 128
"""Samples from one window to the next: 16 ms."""

FLOOR = -80.0
"""Lowest value of a spectrogram in dB."""

Floats = NDArray[np.float64]


def synthesize(
    formants: ArrayLike,
    pitches: ArrayLike,
    *,
    n_samples: int = N_SAMPLES,
    phases: ArrayLike = 0.0,
) -> Floats:
    """Return sustained vowels without noise.

    Parameters
    ----------
    formants : array_like, shape (n, 3)
        First three formants of each sound in Hz, between 0 and 4000.
    pitches : array_like, shape (n,)
        Fundamental frequency of each sound in Hz, between 0 and 4000.
    n_samples : int
        Samples of each sound, at least 2, at 8000 per second.
    phases : array_like, shape () or (n,)
        Where in its period each source begins; 0 and 1 are the same.

    Returns
    -------
    ndarray of float64, shape (n, n_samples)
        Sound pressure, scaled so that each sound has a root mean square of 1.

    Raises
    ------
    ValueError
        If shapes disagree or a frequency is out of range.

    Examples
    --------
    >>> synthesize([[730, 1090, 2440]], [120]).shape
    (1, 2048)
    """
    peaks = _check_frequencies("formants", formants, ndim=2)
    rates = _check_frequencies("pitches", pitches, ndim=1)
    starts = check_array("phases", phases, ndim=(0, 1))
    if peaks.shape != (rates.size, 3):
        rule = f"three frequencies for each of the {rates.size} pitch(es)"
        raise problem("formants", rule, peaks.shape, "give one row per sound")
    if starts.size not in (1, rates.size):
        rule = f"one number or {rates.size} numbers"
        raise problem("phases", rule, starts.size, "give one for each sound")
    n_samples = check_integer("n_samples", n_samples, minimum=2)
    # Time runs along the first axis, so that each step of a filter is one row.
    sound = _pulse(starts + np.arange(n_samples)[:, None] * rates / SAMPLE_RATE)
    for frequency, bandwidth in zip(peaks.T, BANDWIDTHS, strict=True):
        sound = _resonate(sound, frequency, bandwidth)
    sound /= np.sqrt(np.square(sound).mean(axis=0))
    return np.ascontiguousarray(sound.T)


def log_spectrogram(waveforms: ArrayLike) -> NDArray[np.float32]:
    """Return how loud each frequency is in each stretch of time.

    Parameters
    ----------
    waveforms : array_like, shape (samples,) or (n, samples)
        Sounds of at least 256 samples, at 8000 per second.

    Returns
    -------
    ndarray of float32, shape (129, frames) or (n, 129, frames)
        Level in dB, at least -80. A sine wave of amplitude 1 has 0 dB at its
        frequency. Row k is ``31.25 k`` Hz, from 0 to 4000 Hz. Frame t is a Hann
        window of 256 samples that begins at sample ``128 t``, so its center is at
        ``0.016 (t + 1)`` seconds.

    Raises
    ------
    ValueError
        If a sound is shorter than one window, or not finite.

    Examples
    --------
    >>> sine = np.cos(2 * np.pi * 1000 / 8000 * np.arange(2048))
    >>> level = log_spectrogram(sine)
    >>> level.shape, abs(level[32]).max().item() < 1e-3
    ((129, 15), True)
    """
    sounds = check_array("waveforms", waveforms, ndim=(1, 2))
    if sounds.shape[-1] < WINDOW_SIZE:
        rule = f"{WINDOW_SIZE} samples long or longer"
        raise problem("waveforms", rule, sounds.shape, "pad it with zeros")
    # The window of the periodic kind, as spectral analysis has it.
    window = 0.5 - 0.5 * np.cos(2 * math.pi * np.arange(WINDOW_SIZE) / WINDOW_SIZE)
    frames = np.lib.stride_tricks.sliding_window_view(sounds, WINDOW_SIZE, axis=-1)
    spectra = np.fft.rfft(frames[..., ::HOP, :] * window)
    amplitude = 2.0 * np.abs(spectra).swapaxes(-1, -2) / window.sum()
    level = 20.0 * np.log10(np.maximum(amplitude, 10.0 ** (FLOOR / 20)))
    return np.ascontiguousarray(level, dtype=np.float32)


def _check_frequencies(name: str, value: ArrayLike, *, ndim: int) -> Floats:
    frequencies = check_array(name, value, ndim=(ndim,))
    outside = frequencies[(frequencies <= 0) | (frequencies >= SAMPLE_RATE / 2)]
    if outside.size:
        rule = f"between 0 and {SAMPLE_RATE // 2} Hz"
        raise problem(name, rule, float(outside[0]), "choose frequencies in that range")
    return frequencies


def _pulse(periods: Floats) -> Floats:
    """Return the source at a time that is counted in periods.

    The flow of air is ``x**2 - x**3`` while the folds are open, x running from 0 to
    1, and 0 while they are closed. The lips radiate its derivative.
    """
    x = (periods % 1.0) / OPEN_SHARE
    return np.where(x < 1.0, x * (2.0 - 3.0 * x), 0.0)


def _resonate(sound: Floats, frequency: Floats, bandwidth: float) -> Floats:
    """Filter each column with a second-order resonator of gain 1 at 0 Hz."""
    radius = math.exp(-math.pi * bandwidth / SAMPLE_RATE)
    recent = 2.0 * radius * np.cos(2.0 * math.pi * frequency / SAMPLE_RATE)
    older = -(radius**2)
    filtered = (1.0 - recent - older) * sound
    filtered[1] += recent * filtered[0]
    for t in range(2, len(filtered)):
        filtered[t] += recent * filtered[t - 1] + older * filtered[t - 2]
    return filtered
