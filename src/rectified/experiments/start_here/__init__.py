"""The experiment of lesson 00, "Start here"."""

from rectified.experiments.start_here.sick import (
    TREATMENTS,
    Treated,
    Treatment,
    treat_sick_network,
)

__all__ = ["TREATMENTS", "Treated", "Treatment", "treat_sick_network"]
