import subprocess
import sys

import pytest

from rectified import claims
from rectified._cli import main


def test_the_ledger_goes_to_output_and_progress_to_the_error_stream(capsys):
    assert main(["claims", "--seeds", "2", "C02", "C04"]) == 0
    out, err = capsys.readouterr()
    assert out.index("C02") < out.index("C04")
    assert "HOLDS WHEN" in out
    assert "1 holds, 1 holds when, 0 not as stated" in out
    assert "[1/2] C02 ..." in err
    assert "[2/2] C04 ..." in err
    assert "/2]" not in out


def test_without_ids_every_claim_is_measured_with_the_seeds_asked_for(
    capsys, monkeypatch
):
    real, asked = claims.measure, []

    def measure(claim_id, *, seeds):
        asked.append((claim_id, tuple(seeds)))
        return real("C04")

    monkeypatch.setattr(claims, "measure", measure)
    assert main(["claims", "--seeds", "3"]) == 0
    assert asked == [(claim.id, (0, 1, 2)) for claim in claims.load()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["claims", "C77"], "rectified: `claim_id` must be one of"),
        (["claims", "--seeds", "1", "C01"], "rectified: `seeds` must be two or more"),
        (["claims", "--seeds", "0", "C01"], "rectified: `seeds` must be non-empty"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(capsys, arguments, message):
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["claim"], ["claims", "--seeds", "many"]])
def test_words_that_are_no_command_show_the_usage(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: python -m rectified" in capsys.readouterr().err


def test_the_module_runs_as_a_program():
    run = subprocess.run(
        [sys.executable, "-m", "rectified", "claims", "C03", "--seeds", "2"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert "45 degree" in run.stdout


def test_measuring_loads_no_drawing_library():
    program = """
import sys
from rectified import claims
from rectified.experiments import what_is_relu as lesson
claims.load()
lesson.fit_hinges("sine", [0.0])
lesson.train_stack("xor", steps=2)
lesson.region_map(8, 1)
print(sorted({"torch", "matplotlib", "IPython", "ipywidgets"} & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
