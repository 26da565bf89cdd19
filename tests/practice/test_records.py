"""One learner's record of one item: what an event does to it, and how two merge."""

from functools import reduce
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rectified.practice.records import (
    KINDS,
    STATES,
    apply,
    check_event,
    is_record,
    merge,
)

EVENT = {"item": "01-gate", "kind": "question", "at": "2026-11-28T07:00:00Z"}
LATER = "2026-11-28T08:00:00Z"
RECORD = apply(None, {**EVENT, "state": "tried", "answer": 3, "why": "a", "code": "b"})

# A shared machine may take any time: no deadline. Fixed examples: no chance failure.
examples = settings(max_examples=200, deadline=None, derandomize=True)

few_times = st.integers(0, 3).map("2026-11-28T07:00:0{}Z".format)
texts = st.sampled_from(["", "a", "b", "β"])
answers = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0.5, 1.0, "1", [1, 2], {"a": 1, "b": [None]}]),
)
events = st.fixed_dictionaries(
    {"item": st.just("01-gate"), "kind": st.sampled_from(KINDS), "at": few_times},
    optional={
        "state": st.sampled_from(STATES),
        "answer": answers,
        "right": st.booleans(),
        "why": texts,
        "code": texts,
    },
)
histories = st.lists(events, min_size=1, max_size=5)
# Records of all shapes, also such as no course has written.
records = st.one_of(
    histories.map(lambda history: reduce(apply, history, None)),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "state": st.sampled_from(STATES),
            "tries": st.integers(0, 2),
            "right_first": st.booleans(),
            "first": answers,
            "last": answers,
            "right": st.booleans(),
            "why": texts,
            "code": texts,
            "began": few_times,
            "changed": few_times,
        },
        optional={
            "first_at": few_times,
            "last_at": few_times,
            "why_at": few_times,
            "code_at": few_times,
            "mood": answers,
        },
    ),
)


def after(*events):
    """Return the record after events, each one second later than the one before."""
    times = map("2026-11-28T07:00:{:02}Z".format, count())
    timed = [{**EVENT, **event, "at": next(times)} for event in events]
    return reduce(apply, timed, None)


@examples
@given(histories)
def test_whatever_happens_the_record_is_well_formed_and_never_goes_back(history):
    record = None
    for event in history:
        before, record = record, apply(record, event)
        assert is_record(record)
        assert record["began"] <= event["at"] <= record["changed"]
        if before:
            assert STATES.index(record["state"]) >= STATES.index(before["state"])
            assert record["tries"] >= before["tries"]
        if before and before["tries"]:
            assert record["first"] == before["first"]
            assert record["right_first"] == before["right_first"]
    states = [event.get("state") for event in history]
    assert record["tries"] == states.count("tried") + states.count("done")


def test_a_try_sets_the_first_answer_once_and_the_last_each_time():
    record = after(
        {"state": "tried", "answer": 3},
        {"state": "tried", "answer": 5},
        {"state": "done", "answer": 4, "right": True},
    )
    assert (record["first"], record["right_first"], record["tries"]) == (3, False, 3)
    assert (record["last"], record["right"], record["state"]) == (4, True, "done")


def test_a_skip_is_no_try_and_undoes_nothing():
    skipped = after({"state": "skipped", "answer": 3})
    assert (skipped["tries"], skipped["first"], skipped["last"]) == (0, None, None)
    record = after({"state": "done", "answer": 4, "right": True}, {"state": "skipped"})
    assert (record["state"], record["last"], record["right"]) == ("done", 4, True)


def test_an_event_without_a_state_brings_only_reason_and_source():
    before = after({"state": "done", "answer": 4, "right": True})
    record = after(
        {"state": "done", "answer": 4, "right": True},
        {"answer": 9, "why": "because", "code": "x = 1"},
    )
    differing = {name for name in record if record[name] != before.get(name)}
    assert differing == {"why", "code", "why_at", "code_at", "changed"}
    assert (record["why"], record["code"]) == ("because", "x = 1")


def test_an_empty_reason_does_not_erase_one():
    record = after({"why": "because", "code": "x = 1"}, {"why": "", "code": ""})
    assert (record["why"], record["code"]) == ("because", "x = 1")


def test_apply_leaves_its_argument_alone_and_keeps_unknown_fields():
    before = {**RECORD, "mood": "fine"}
    copy = dict(before)
    record = apply(before, {**EVENT, "state": "done", "answer": 4, "at": LATER})
    assert before == copy
    assert record["mood"] == "fine"


@examples
@given(records, records)
def test_it_does_not_matter_which_of_two_records_is_merged_into_which(a, b):
    assert merge(a, b) == merge(b, a)
    assert is_record(merge(a, b))


@examples
@given(records, records, records)
def test_it_does_not_matter_in_which_order_three_records_are_merged(a, b, c):
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@examples
@given(records, records)
def test_merging_again_changes_nothing(a, b):
    merged = merge(a, b)
    assert merge(merged, a) == merge(merged, b) == merge(merged, merged) == merged


@examples
@given(records)
def test_merging_with_itself_adds_at_most_the_times(record):
    assert merge(record, record).items() >= record.items()


@examples
@given(histories, st.integers(1, 5))
def test_an_earlier_copy_of_a_record_adds_nothing_to_it(history, length):
    assert merge(after(*history), after(*history[:length])) == after(*history)


def test_of_two_records_the_earlier_first_and_the_later_last_answer_win():
    early = apply(None, {**EVENT, "state": "tried", "answer": 1, "why": "early"})
    late = {**EVENT, "state": "done", "answer": 2, "right": True, "at": LATER}
    late = apply(apply(None, late), {**late, "answer": 4, "code": "late"})
    merged = merge(late, early)
    assert (merged["first"], merged["right_first"]) == (1, False)
    assert (merged["last"], merged["right"]) == (4, True)
    assert (merged["why"], merged["code"]) == ("early", "late")
    assert (merged["tries"], merged["state"]) == (2, "done")
    assert (merged["began"], merged["changed"]) == (EVENT["at"], LATER)


def test_a_record_without_a_try_gives_no_answers():
    skipped = apply(None, {**EVENT, "state": "skipped"})
    tried = apply(None, {**EVENT, "state": "tried", "answer": 4, "at": LATER})
    noted = apply(skipped, {**EVENT, "why": "because", "at": "2026-11-29T00:00:00Z"})
    merged = merge(noted, tried)
    assert (merged["first"], merged["last"], merged["state"]) == (4, 4, "tried")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "riddle"},
        {"kind": ["question"]},
        {"state": "finished"},
        {"tries": "1"},
        {"tries": True},
        {"tries": -1},
        {"right": 1},
        {"right_first": None},
        {"why": None},
        {"code": 3},
        {"began": "yesterday"},
        {"changed": 1764313200},
        {"why_at": "2026-11-28"},
    ],
    ids=str,
)
def test_a_field_of_a_wrong_type_makes_a_record_malformed(change):
    assert is_record(RECORD)
    assert not is_record({**RECORD, **change})


@pytest.mark.parametrize("name", [name for name in RECORD if name[-3:] != "_at"])
def test_a_record_without_one_of_its_fields_is_malformed(name):
    assert not is_record({key: RECORD[key] for key in RECORD if key != name})


@pytest.mark.parametrize("value", [None, 3, "record", [], {}])
def test_what_is_no_object_is_no_record(value):
    assert not is_record(value)


def test_an_event_is_copied_without_unknown_and_empty_fields():
    event = {**EVENT, "answer": [1, 2], "state": None, "color": "red"}
    checked = check_event(event)
    assert checked == {**EVENT, "answer": [1, 2]}
    assert checked["answer"] is not event["answer"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"item": ""}, "`item` must be a text that is not empty, got ''"),
        ({"item": None}, "`item` must be a text that is not empty, got None"),
        ({"kind": "riddle"}, "`kind` must be one of prediction, question, exercise"),
        ({"state": "finished"}, "`state` must be one of skipped, tried, done"),
        ({"right": 1}, "`right` must be True or False, got 1"),
        ({"answer": float("nan")}, "`answer` must be plain JSON"),
        ({"answer": np.zeros(2)}, "`answer` must be plain JSON"),
        ({"at": "noon"}, "`at` must be a time such as"),
    ],
)
def test_a_malformed_event_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        check_event({**EVENT, **change})
