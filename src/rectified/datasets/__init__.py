"""Offline data, each with a seed: the same seed gives the same numbers.

======================  ================================================  ===========
maker                   data                                              task
======================  ================================================  ===========
`make_task`             points in the plane, two classes                  classify
`evaluate_curve`        curves on the line                                fit
`load_digits`           8 x 8 images; also as rows, or pixel by pixel     classify
`make_memory_task`      sequences whose first bit counts                  remember
`load_text`             Python's help texts, character by character       predict
`make_vowels`           synthesized spoken vowels and spectrograms        classify
`make_boxes`            24 x 24 pictures with one large shape             localize
======================  ================================================  ===========

Nothing is downloaded. Only `load_digits` and `load_text` read files, those that come
with scikit-learn and with Python; sources and licenses are at the head of each module.
Inputs of networks are float32, classes int64. The two parts of a data set share no
example, and whatever is measured to scale inputs is measured on the training part.
"""

from rectified.datasets.boxes import Boxes, BoxPart, make_boxes, measure_overlap
from rectified.datasets.curves import CURVES, evaluate_curve
from rectified.datasets.digits import SCALINGS, DigitPart, Digits, load_digits
from rectified.datasets.planar import SEPARABLE, TASKS, WINDOW, Task, make_task
from rectified.datasets.sequences import MemoryTask, SequencePart, make_memory_task
from rectified.datasets.text import ALPHABET, CharacterText, decode, encode, load_text
from rectified.datasets.voices import SAMPLE_RATE, log_spectrogram, synthesize
from rectified.datasets.vowels import FORMANTS, VowelPart, Vowels, make_vowels

__all__ = [
    "ALPHABET",
    "CURVES",
    "FORMANTS",
    "SAMPLE_RATE",
    "SCALINGS",
    "SEPARABLE",
    "TASKS",
    "WINDOW",
    "BoxPart",
    "Boxes",
    "CharacterText",
    "DigitPart",
    "Digits",
    "MemoryTask",
    "SequencePart",
    "Task",
    "VowelPart",
    "Vowels",
    "decode",
    "encode",
    "evaluate_curve",
    "load_digits",
    "load_text",
    "log_spectrogram",
    "make_boxes",
    "make_memory_task",
    "make_task",
    "make_vowels",
    "measure_overlap",
    "synthesize",
]
