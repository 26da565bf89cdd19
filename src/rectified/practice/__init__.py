"""Practice: predictions, quizzes, exercise checks, and the progress that is kept."""

from rectified.practice.check import Verdict, check
from rectified.practice.predictions import predict
from rectified.practice.quizzes import Quiz, quiz, recall

__all__ = ["Quiz", "Verdict", "check", "predict", "quiz", "recall"]
