import numpy as np
import pytest
import torch
from scipy import signal

from rectified.datasets import (
    FORMANTS,
    SAMPLE_RATE,
    log_spectrogram,
    make_vowels,
    synthesize,
)

all_words = pytest.mark.parametrize("word", FORMANTS)


def flow_of_air(place):
    """Return x^2 - x^3 over the open 60 % of a period."""
    x = np.mod(place, 1.0) / 0.6
    return np.where(x < 1, x**2 - x**3, 0.0)


def reference_source(pitch, phase, n_samples):
    """Return the slope of the flow, as a difference quotient."""
    place = phase + pitch * np.arange(n_samples) / 8000
    return (flow_of_air(place + 1e-6) - flow_of_air(place)) / 1e-6


def reference_sound(formants, pitch, phase, n_samples=2048):
    """Write the source and the filters once more, with SciPy."""
    sound = reference_source(pitch, phase, n_samples)
    for center, width in zip(formants, (60, 90, 150), strict=True):
        pole = np.exp((-np.pi * width + 2j * np.pi * center) / 8000)
        denominator = np.poly([pole, pole.conjugate()]).real
        sound = signal.lfilter([denominator.sum()], denominator, sound)
    return sound / np.sqrt(np.mean(sound**2))


@all_words
def test_synthesis_agrees_with_filters_by_scipy(word):
    sounds = synthesize([FORMANTS[word]] * 2, [97.3, 251.9], phases=[0.31, 0.77])
    for sound, pitch, phase in zip(sounds, (97.3, 251.9), (0.31, 0.77), strict=True):
        expected = reference_sound(FORMANTS[word], pitch, phase)
        # The slope of the reference is a difference quotient over 1e-6.
        np.testing.assert_allclose(sound, expected, atol=1e-4)


@all_words
def test_the_spectrum_has_its_peaks_at_the_formants(word):
    # At 50 Hz harmonics lie every 50 Hz; one second gives one bin for each Hz.
    sound = synthesize([FORMANTS[word]], [50.0], n_samples=16000, phases=0.005)[0]
    voice, source = (
        np.abs(np.fft.rfft(wave[8000:]))[50:3950:50]
        for wave in (sound, reference_source(50.0, 0.005, 16000))
    )
    peaks = 50 * (1 + signal.find_peaks(voice / source)[0])
    # Half the distance of harmonics, and as much for the slopes of the other peaks.
    assert peaks.tolist() == pytest.approx(FORMANTS[word], abs=50)


@all_words
def test_formants_rise_from_the_first_to_the_third(word):
    assert list(FORMANTS[word]) == sorted(FORMANTS[word])


def test_the_formants_are_those_of_the_published_table():
    # Peterson and Barney (1952), table II, men.
    assert len(FORMANTS) == 10
    assert FORMANTS["heed"] == (270, 2290, 3010)
    assert FORMANTS["hod"] == (730, 1090, 2440)
    assert FORMANTS["who'd"] == (300, 870, 2240)
    assert FORMANTS["heard"] == (490, 1350, 1690)


def test_a_sound_repeats_itself_once_in_each_period():
    vowels = make_vowels(seed=0, n_train=40, n_test=2, snr=100)
    for sound, pitch in zip(vowels.train.waveforms, vowels.train.pitches, strict=True):
        settled = sound[512:].astype(float)
        # Autocorrelation between samples, from the spectrum with zeros in between.
        spectrum = np.abs(np.fft.rfft(settled, 4096)) ** 2
        fine = np.fft.irfft(spectrum, 16 * 4096)
        lags = np.arange(fine.size) / (16 * SAMPLE_RATE)
        window = (lags > 1 / 290) & (lags < 1 / 85) & (lags < 1.5 / pitch)
        best = lags[window][fine[window].argmax()]
        # The shrinking overlap of sound and copy draws the peak to shorter lags.
        assert 1 / best == pytest.approx(pitch, rel=0.02)


def test_a_longer_tract_lowers_the_whole_spectrum():
    part = make_vowels(seed=0, n_train=500, snr=30).train
    frequencies = 31.25 * np.arange(129)
    vowels = make_vowels(seed=0, n_train=500, snr=30)
    power = 10 ** ((part.inputs * vowels.deviation + vowels.mean) / 10)
    power = power.mean(axis=(1, 3))
    centers = power @ frequencies / power.sum(axis=1)
    for label in range(5):
        mine = part.labels == label
        slope = np.corrcoef(centers[mine], part.tract_lengths[mine])[0, 1]
        assert slope < -0.3


def test_voices_cover_the_documented_ranges():
    part = make_vowels(seed=0, n_train=1000).train
    for values, (low, high) in (
        (part.pitches, (90, 260)),
        (part.tract_lengths, (0.82, 1.22)),
    ):
        assert low <= values.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < values.max() <= high
    # Independent: a correlation of 1000 pairs has a standard error of 0.032.
    assert abs(np.corrcoef(part.pitches, part.tract_lengths)[0, 1]) < 0.16


@pytest.mark.parametrize("snr", [-10.0, 5.0, 20.0])
def test_the_noise_has_the_power_asked_for(snr):
    clean, noisy = (
        make_vowels(seed=0, n_train=50, snr=s).train.waveforms.astype(float)
        for s in (100, snr)
    )
    np.testing.assert_allclose((clean**2).mean(axis=1), 1.0, rtol=1e-3)
    noise = noisy - clean
    # 102,400 draws: five standard errors of a variance, and of what 100 dB leave.
    error = 5 * (2 / noise.size) ** 0.5 + 1e-4
    assert (noise**2).mean() == pytest.approx(10 ** (-snr / 10), rel=error)


def test_the_spectrogram_is_that_of_torch():
    sound = np.random.default_rng(0).standard_normal((3, 1000))
    level = log_spectrogram(sound)
    window = torch.hann_window(256, dtype=torch.float64)
    spectra = torch.stft(
        torch.from_numpy(sound),
        256,
        128,
        window=window,
        center=False,
        return_complex=True,
    )
    expected = 20 * np.log10(2 * spectra.abs().numpy() / window.sum().item())
    assert level.shape == (3, 129, 6)
    assert level.dtype == np.float32
    # Single precision of a level of some ten dB.
    np.testing.assert_allclose(level, expected, atol=1e-4)
    np.testing.assert_allclose(level[1], log_spectrogram(sound[1]), atol=1e-5)


@pytest.mark.parametrize(("row", "amplitude"), [(8, 1.0), (32, 0.1), (100, 10.0)])
def test_a_sine_wave_has_its_level_at_its_frequency_and_time(row, amplitude):
    time = np.arange(4096) / SAMPLE_RATE
    sine = amplitude * np.sin(2 * np.pi * 31.25 * row * time)
    sine[time < 0.256] = 0.0
    level = log_spectrogram(sine)
    assert (level.argmax(axis=0)[16:] == row).all()
    expected = 20 * np.log10(amplitude)
    np.testing.assert_allclose(level[row, 16:], expected, atol=1e-4)
    # Frames 0 to 14 end before the sound sets in, at sample 2048.
    assert (level[:, :15] == -80).all()
    assert level[row, 15] > -80


def test_inputs_are_scaled_spectrograms_with_statistics_of_the_training_part():
    vowels = make_vowels(seed=0, n_train=80, n_test=60)
    decibels = log_spectrogram(vowels.train.waveforms)
    assert vowels.mean == pytest.approx(decibels.mean(dtype=float), rel=1e-5)
    assert vowels.deviation == pytest.approx(decibels.std(dtype=float), rel=1e-5)
    for part in (vowels.train, vowels.test):
        restored = part.inputs[:, 0] * vowels.deviation + vowels.mean
        # Single precision of a level of some ten dB.
        np.testing.assert_allclose(restored, log_spectrogram(part.waveforms), atol=1e-4)
    assert part.inputs.shape == (60, 1, 129, 15)
    assert part.waveforms.dtype == np.float32


def nearest_centroid_accuracy(**settings):
    """Compare mean spectra with the mean of each vowel; pool over three seeds."""
    hits = []
    for seed in range(3):
        vowels = make_vowels(seed=seed, **settings)
        known, new = (p.inputs.mean(axis=(1, 3)) for p in (vowels.train, vowels.test))
        labels = vowels.train.labels
        centers = np.array(
            [known[labels == k].mean(axis=0) for k in range(len(vowels.names))]
        )
        distances = np.linalg.norm(new[:, None] - centers, axis=2)
        hits.append(distances.argmin(axis=1) == vowels.test.labels)
    return np.concatenate(hits).mean()


def test_a_simple_classifier_hears_more_the_less_noise_there_is():
    loud, middle, quiet = (nearest_centroid_accuracy(snr=s) for s in (-10, 5, 20))
    # 1200 test sounds: five standard errors are at most 0.07.
    assert 0.2 + 0.3 < loud < middle - 0.07 < 0.9
    assert middle < quiet - 0.03 < 1.0


def test_nothing_is_heard_where_noise_is_a_thousand_times_stronger():
    accuracy = nearest_centroid_accuracy(snr=-30)
    assert abs(accuracy - 0.2) < 5 * (0.16 / 1200) ** 0.5


def test_more_vowels_are_harder_to_tell_apart():
    assert 0.1 < nearest_centroid_accuracy(names=FORMANTS) < 0.8


def test_labels_point_into_the_names():
    names = ("who'd", "heed")
    vowels = make_vowels(seed=0, n_train=30, n_test=2, snr=60, names=names)
    assert vowels.names == names
    level = vowels.train.inputs[:, 0].mean(axis=2)
    # From 2200 to 2800 Hz "heed" has a formant for tracts of about average length.
    high = level[:, 60:100].max(axis=1)
    assert high[vowels.train.labels == 1].mean() > high[vowels.train.labels == 0].mean()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: make_vowels(seed=0, names=["heed", "hed"]),
            "`names` must be one of .*did you mean .*'head'",
        ),
        (lambda: make_vowels(seed=0, names="heed"), "`names` must be a list of words"),
        (
            lambda: make_vowels(seed=0, names=["heed"]),
            "`names` must be two or more different words",
        ),
        (
            lambda: make_vowels(seed=0, names=["heed", "hod", "heed"]),
            "`names` must be two or more different words",
        ),
        (lambda: make_vowels(seed=0, snr=101), "`snr` must be .*from -30 to 100, got"),
        (lambda: make_vowels(seed=0, snr=float("inf")), "`snr` must be .*, got inf"),
        (
            lambda: synthesize([[300, 900, 4000]], [100]),
            "`formants` must be between 0 and 4000 Hz, got 4000.0",
        ),
        (lambda: synthesize([[300, 900, 2000]], [0]), "`pitches` must be between 0"),
        (
            lambda: synthesize([[300, 900]], [100]),
            r"`formants` must be three frequencies for each of the 1 pitch\(es\)",
        ),
        (
            lambda: synthesize([[300, 900, 2000]], [100], phases=[0, 0.5]),
            "`phases` must be one number or 1 numbers, got 2",
        ),
        (
            lambda: synthesize([[300, 900, 2000]], [100], n_samples=1),
            "`n_samples` must be an integer of at least 2, got 1",
        ),
        (
            lambda: log_spectrogram(np.ones(255)),
            r"`waveforms` must be 256 samples long or longer, got \(255,\)",
        ),
        (lambda: log_spectrogram([np.nan] * 256), "`waveforms` must be finite"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
