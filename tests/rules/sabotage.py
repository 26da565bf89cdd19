"""Change what an experiment measured, to see its verdict flip."""

import dataclasses
from importlib import import_module

from rectified.claims import load, measure


def sabotage(monkeypatch, claim_id, *, seeds=range(2), **changes):
    """Change fields of an experiment's result and judge the claim again.

    Each change is a function from the true result to the field's false value.
    """
    path = {claim.id: claim.experiment for claim in load()}[claim_id]
    module, name = path.split(".")
    lesson = import_module(f"rectified.experiments.{module}")
    real = getattr(lesson, name)

    def experiment(*args, **kwargs):
        result = real(*args, **kwargs)
        made = {field: change(result) for field, change in changes.items()}
        return dataclasses.replace(result, **made)

    monkeypatch.setattr(lesson, name, experiment)
    return measure(claim_id, seeds=seeds).verdict
