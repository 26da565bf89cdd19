"""Practice: predictions, quizzes, exercise checks, and the progress that is kept."""

from rectified.practice.check import Verdict, check
from rectified.practice.overview import ProgressMap, progress_map
from rectified.practice.predictions import predict
from rectified.practice.quizzes import Quiz, quiz, recall
from rectified.practice.setup_check import SetupCheck, check_setup

__all__ = [
    "ProgressMap",
    "Quiz",
    "SetupCheck",
    "Verdict",
    "check",
    "check_setup",
    "predict",
    "progress_map",
    "quiz",
    "recall",
]
