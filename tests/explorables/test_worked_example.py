"""The worked example of CONTRIBUTING.md is complete, short and does what it says."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

TEXT = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text("utf-8")
LONGEST = 60


@pytest.fixture
def softplus_view():
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    (example,) = [block for block in blocks if "SoftplusView" in block]
    assert len(example.splitlines()) < LONGEST
    names = {}
    exec(compile(example, "CONTRIBUTING.md", "exec"), names)
    return names["SoftplusView"]()


def pixels(shown):
    return np.asarray(Image.open(io.BytesIO(shown.picture)).convert("RGB"))


def test_each_control_of_the_example_changes_its_picture(softplus_view):
    start = softplus_view.show({})
    assert start.message == ""
    for change in ({"sharpness": 9}, {"difference": True}):
        changed = softplus_view.show(change)
        assert (pixels(changed) != pixels(start)).any()


def test_the_example_says_what_is_true(softplus_view):
    # softplus(0) = log(2) / beta, and the gap falls off on either side.
    finding = softplus_view.show({"sharpness": 4}).finding
    assert f"{np.log(2) / 4:.3f} above ReLU" in finding
