"""What a figure says when something goes wrong: a sentence, never a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def find_undefined(data: Any) -> str:
    """Return the name of the first entry of `data` that is NaN or infinite, or ''.

    Parameters
    ----------
    data : dict, dataclass, ndarray or number
        What `compute` returned; masked entries count as deliberate gaps.
    """
    if is_dataclass(data) and not isinstance(data, type):
        entries = {field.name: getattr(data, field.name) for field in fields(data)}
    elif isinstance(data, Mapping):
        entries = dict(data)
    else:
        entries = {"the result": data}
    for name, entry in entries.items():
        if isinstance(entry, (float, np.floating, np.ndarray)):
            numbers: np.ma.MaskedArray[Any, Any] = np.ma.asarray(entry)
            if (
                numbers.dtype.kind == "f"
                and not np.isfinite(numbers.compressed()).all()
            ):
                return str(name)
    return ""


def unknown_control(owner: str, name: str, known: Iterable[str]) -> str:
    """Say that `owner` has no control called `name`, and which one is near."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"choose from {', '.join(names)}"
    return f"`{name}` must be a control of {owner}, got an unknown name; {hint}"


def not_finite(name: str) -> str:
    """Say that `name` is not finite."""
    return (
        f"At this setting {name.replace('_', ' ')} is not finite (NaN or infinity), "
        "so there is nothing to draw. Move a control to go on."
    )


def ended_early(step: int, name: str) -> str:
    """Say that a training ended before `step`, if given because of `name`."""
    if not name:
        return f"The training has no step {step}: it ends here."
    return (
        f"At step {step} {name.replace('_', ' ')} is not finite (NaN or infinity), so "
        "the training ends here."
    )


def failed(error: Exception) -> str:
    """Say why a setting could not be drawn."""
    reason = str(error).strip().splitlines()[0] if str(error).strip() else ""
    reason = reason or type(error).__name__
    return f"This setting could not be drawn: {reason}. Move a control to go on."
