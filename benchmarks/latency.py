"""How fast does a figure answer in JupyterLab? Both drawing paths against `interact`.

Drives JupyterLab in Chromium. All techniques take turns in one run on one machine, so
that the ratios are fair even if the machine is busy. Run it with ``make bench``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ensure_chromium
from tests.browser.lab import (
    CHROMIUM_ARGUMENTS,
    jupyter_lab,
    open_notebook,
    run_all,
)

TECHNIQUES = {
    "interact + inline": ("figures.make_interact()", "image"),
    "round trip alone": ("figures.make_round_trip()", "text"),
    "drawn by the kernel": ("figures.KernelDrawn()", "drawn"),
    "drawn by the front end": ("figures.FrontEndDrawn()", "drawn"),
}
PROBE = (Path(__file__).parent / "probe.js").read_text("utf-8").strip().rstrip(";")
SLIDERS = "[role=slider], input[type=range]"
DRAG_MS = 2500


def main() -> None:
    """Measure, print the table, and fail if a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=64, help="steps per technique")
    parser.add_argument("--drags", type=int, default=3, help="drags per technique")
    options = parser.parse_args()
    times, frames = measure(options.steps, options.drags)
    report(times, frames)
    missed = check(times, frames)
    print("\n".join(missed) or "All budgets are met.")
    sys.exit(bool(missed))


def measure(steps: int, drags: int) -> tuple[dict[str, list[float]], ...]:
    """Return times per step in ms and frames per second, per technique."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        write_notebook(root / "bench.ipynb")
        browser = playwright.chromium.launch(
            executable_path=ensure_chromium(), args=CHROMIUM_ARGUMENTS
        )
        with jupyter_lab(root, root / "home") as address:
            page = browser.new_page(viewport={"width": 1280, "height": 2600})
            open_notebook(page, address, "bench.ipynb")
            run_all(page)
            page.wait_for_selector("[data-figure=FrontEndDrawn][data-ready=true]")
            page.wait_for_timeout(1500)
            install_probes(page)
            times: dict[str, list[float]] = {name: [] for name in TECHNIQUES}
            frames: dict[str, list[float]] = {name: [] for name in TECHNIQUES}
            for step in range(-4, steps):  # the first ones warm up
                for index, name in enumerate(TECHNIQUES):
                    elapsed = time_step(page, index, step)
                    if step >= 0:
                        times[name].append(elapsed)
            for _ in range(drags):
                for index, name in enumerate(TECHNIQUES):
                    frames[name].append(drag(page, index))
        browser.close()
    return times, frames


def write_notebook(path: Path) -> None:
    """Write a notebook with one cell per technique."""
    head = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    cells = [nbformat.v4.new_code_cell(head + "import figures")]
    cells += [nbformat.v4.new_code_cell(code) for code, _ in TECHNIQUES.values()]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)


def install_probes(page: Page) -> None:
    """Mark each technique's output and prepare its timer in the page."""
    page.evaluate(
        """() => [...document.querySelectorAll('.jp-OutputArea-output')]
            .filter(o => o.querySelector('[role=slider], input[type=range]'))
            .forEach((o, i) => (o.id = `technique-${i}`))"""
    )
    for index, (_, result) in enumerate(TECHNIQUES.values()):
        options = {"selector": f"#technique-{index}", "result": result}
        install = f"([o, i]) => {{ (window.probes ??= [])[i] = ({PROBE})(o) }}"
        page.evaluate(install, [options, index])


def time_step(page: Page, index: int, step: int) -> float:
    """Press an arrow key on the slider; return the ms until its result is painted."""
    page.locator(f"#technique-{index}").locator(SLIDERS).first.focus()
    page.evaluate("index => void (window.pending = probes[index].step())", index)
    page.keyboard.press("ArrowRight" if step % 16 < 8 else "ArrowLeft")
    elapsed = float(page.evaluate("() => window.pending"))
    page.wait_for_timeout(120)  # let late messages arrive before the next turn
    return elapsed


def drag(page: Page, index: int) -> float:
    """Drag the slider's handle to and fro; return the frames painted per second."""
    slider = page.locator(f"#technique-{index}").locator(SLIDERS).first
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    is_range = slider.evaluate("s => s.tagName === 'INPUT'")
    left, width = (box["x"] + 10, box["width"] - 20) if is_range else (box["x"], 0)
    if not is_range:  # the handle of noUiSlider: its rail is the parent's parent
        rail = slider.evaluate(
            "s => { const b = s.closest('.noUi-base').getBoundingClientRect();"
            " return [b.x, b.width]; }"
        )
        left, width = rail
    start = box["x"] + box["width"] / 2 if not is_range else left + width / 2
    page.mouse.move(start, middle)
    page.mouse.down()
    page.evaluate(
        "([i, ms]) => void (window.pending = probes[i].count(ms))", [index, DRAG_MS]
    )
    began = time.perf_counter()
    while (elapsed := time.perf_counter() - began) < DRAG_MS / 1000:
        phase = (elapsed / 1.2) % 2  # across the rail in 1.2 s, then back
        share = phase if phase <= 1 else 2 - phase
        page.mouse.move(left + share * width, middle)
        page.wait_for_timeout(8)
    page.mouse.up()
    rate = float(page.evaluate("() => window.pending"))
    page.wait_for_timeout(2500)  # `interact` works off its backlog
    return rate


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[round(0.95 * len(values)) - 1]


def report(times: dict[str, list[float]], frames: dict[str, list[float]]) -> None:
    """Print one line per technique."""
    base = statistics.median(times["interact + inline"])
    print(f"{'technique':24} median   p95   IQR        x faster   frames/s (each drag)")
    for name, values in times.items():
        low, middle, high = statistics.quantiles(values, n=4)
        rates = " ".join(f"{rate:.1f}" for rate in frames[name])
        print(
            f"{name:24} {middle:5.1f} {p95(values):6.1f}   {low:5.1f}-{high:5.1f}"
            f"   {base / middle:6.1f}     {rates}"
        )


def check(times: dict[str, list[float]], frames: dict[str, list[float]]) -> list[str]:
    """Return a sentence for each budget that was missed."""
    median = {name: statistics.median(values) for name, values in times.items()}
    rate = {name: statistics.median(values) for name, values in frames.items()}
    slow, kernel = "interact + inline", "drawn by the kernel"
    front, bare = "drawn by the front end", "round trip alone"
    budgets = {
        "kernel: median at least 3x faster": median[slow] / median[kernel] >= 3,
        "kernel: at least 3x the frames": rate[kernel] / rate[slow] >= 3,
        "kernel: under 2x the round trip": median[kernel] / median[bare] < 2,
        "front end: at least 12x faster": median[slow] / median[front] >= 12,
    }
    return [f"Missed: {name}" for name, met in budgets.items() if not met]


if __name__ == "__main__":
    main()
