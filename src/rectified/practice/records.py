"""What a learner has done with an item, as plain JSON: pure functions, no files.

A record has these fields; others survive untouched:

=======================  =========================================================
kind                     "prediction", "question" or "exercise", as the first event said
state                    "skipped" < "tried" < "done"; never goes back
tries                    number of tries
first, right_first       answer of the first try (any JSON), and whether it was right
last, right              answer of the last try (any JSON), and whether it was right
why, code                last reason and last source given; "" if none
began, changed           time of the first and of the last event
first_at, last_at,       time of the try or text that gave the value; absent if none
why_at, code_at          did, and may be: then it is `began` for `first`, else `changed`
=======================  =========================================================

An event has an "item", a "kind" and a time "at", and any of "state", "answer", "right",
"why" and "code". Times are UTC such as "2026-11-28T07:00:00Z", so the order of the
texts is that of the times. The front end has the same `apply` and `merge`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["KINDS", "STATES", "Record", "apply", "check_event", "is_record", "merge"]

Record = dict[str, Any]

KINDS: Final = ("prediction", "question", "exercise")
STATES: Final = ("skipped", "tried", "done")

_BLANK: Final = {
    "state": "skipped",
    "tries": 0,
    "first": None,
    "right_first": False,
    "last": None,
    "right": False,
    "why": "",
    "code": "",
}
_REQUIRED: Final = {*_BLANK, "kind", "began", "changed"}
_TIMED: Final = (("first", "right_first"), ("last", "right"), ("why",), ("code",))
_EVENT: Final = ("item", "kind", "state", "answer", "right", "why", "code", "at")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    # bool is an int too; `"tries": true` is a mistake, not a 1.
    return type(value) is int and value >= 0


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


_Rule = tuple[str, Callable[[Any], bool]]
_A_TIME: Final[_Rule] = ('a time such as "2026-11-28T07:00:00Z"', _is_time)
_A_TEXT: Final[_Rule] = ("a text", lambda value: isinstance(value, str))
_A_BOOL: Final[_Rule] = ("True or False", lambda value: isinstance(value, bool))
_RECORD_RULES: Final[dict[str, _Rule]] = {
    "kind": (f"one of {', '.join(KINDS)}", lambda value: value in KINDS),
    "state": (f"one of {', '.join(STATES)}", lambda value: value in STATES),
    "tries": ("a number of tries", _is_count),
    **dict.fromkeys(("right_first", "right"), _A_BOOL),
    **dict.fromkeys(("why", "code"), _A_TEXT),
    **dict.fromkeys(("began", "changed"), _A_TIME),
    **{f"{names[0]}_at": _A_TIME for names in _TIMED},
}
_RULES: Final[dict[str, _Rule]] = {
    **_RECORD_RULES,
    "item": (
        "a text that is not empty",
        lambda value: _A_TEXT[1](value) and value != "",
    ),
    "answer": ("plain JSON (no NaN, no array)", _is_json),
    "at": _A_TIME,
}


def apply(record: Record | None, event: Mapping[str, Any]) -> Record:
    """Return the record after an event.

    An event with state "tried" or "done" is a try. "skipped" is none, and an event
    without a state only brings `why` and `code`; both may start a record.

    Parameters
    ----------
    record : dict or None
        The record before; None if this is the first event of its item. Not changed.
    event : mapping
        What happened, as `check_event` returns it, with its time "at".

    Examples
    --------
    >>> event = {"item": "01-gate", "kind": "question", "at": "2026-11-28T07:00:00Z"}
    >>> record = apply(None, {**event, "state": "tried", "answer": 3})
    >>> record = apply(record, {**event, "state": "done", "answer": 4, "right": True})
    >>> record["tries"], record["first"], record["last"], record["right_first"]
    (2, 3, 4, False)
    """
    at, state = event["at"], event.get("state", "skipped")
    blank = {"kind": event["kind"], **_BLANK, "began": at, "changed": at}
    new = blank | (record or {})
    if state != "skipped":
        answer, right = event.get("answer"), event.get("right", False)
        if new["tries"] == 0:
            new |= {"first": answer, "right_first": right, "first_at": at}
        new |= {"last": answer, "right": right, "last_at": at}
        new["tries"] += 1
    for name in ("why", "code"):
        if event.get(name):
            new |= {name: event[name], f"{name}_at": at}
    new["state"] = max(new["state"], state, key=STATES.index)
    return new | {"began": min(new["began"], at), "changed": max(new["changed"], at)}


def merge(a: Record, b: Record) -> Record:
    """Return what two stores know together about one item.

    The earliest `first` wins, and the latest `last`, `why` and `code`. Each goes by its
    own time, so that records may be merged in any order and as often as one likes. At
    the same second, and for fields not known here, the JSON text decides: the one that
    sorts last wins (of `first`, the one that sorts first).
    """
    merged = {
        name: max((record[name] for record in (a, b) if name in record), key=_text)
        for name in {**a, **b}
    }
    merged["state"] = max(a["state"], b["state"], key=STATES.index)
    merged["tries"] = max(a["tries"], b["tries"])
    merged["began"] = min(a["began"], b["began"])
    merged["changed"] = max(a["changed"], b["changed"])
    for names in _TIMED:
        source = _choose(a, b, names)
        merged |= {name: source[name] for name in names}
        if since := _since(source, names[0]):
            merged[f"{names[0]}_at"] = since
    return merged


def _choose(a: Record, b: Record, names: tuple[str, ...]) -> Record:
    """Return the one of two records that gives the merged one these values."""

    def rank(record: Record) -> tuple[str, str]:
        return _since(record, names[0]), _text([record[name] for name in names])

    given = [record for record in (a, b) if _since(record, names[0])] or [a, b]
    return min(given, key=rank) if names[0] == "first" else max(given, key=rank)


def _since(record: Record, name: str) -> str:
    """Return the time of a value; "" if no event gave it."""
    if not record["tries" if name in ("first", "last") else name]:
        return ""
    otherwise = record["began" if name == "first" else "changed"]
    return str(record.get(f"{name}_at", otherwise))


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def is_record(value: object) -> bool:
    """Return whether `value` has all fields of a record, each of its type."""
    return (
        isinstance(value, dict)
        and value.keys() >= _REQUIRED
        and all(
            follows(value[name])
            for name, (_, follows) in _RECORD_RULES.items()
            if name in value
        )
    )


def check_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of an event with the known fields that are not None, or raise.

    Raises
    ------
    ValueError
        If item or kind is missing, a field has a wrong type, or an answer is not JSON.
    """
    known = {name: event[name] for name in _EVENT if event.get(name) is not None}
    for name in ("item", "kind", *known):
        rule, follows = _RULES[name]
        if not follows(known.get(name)):
            # It imports NumPy, which takes longer than all of this module.
            from rectified._validate import problem

            raise problem(name, rule, known.get(name), "correct the event")
    copy: dict[str, Any] = json.loads(json.dumps(known))
    return copy
