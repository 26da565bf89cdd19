"""The book's figures in Chromium, with the network blocked: they all move."""

import re
from io import BytesIO

import pytest
from PIL import Image

from tests.book.site import LESSONS
from tests.browser.figures import INPUTS, NAME, VALUE, enabled_inputs

# Generous for a machine whose processors are all busy with tests, as they are here;
# benchmarks/ holds the real budget (32 ms).
SLOWEST_STEP = 250  # ms at the 95th percentile
STEPS = 24
TABS = 1000  # more than any page has stops

# Move a slider as a hand does; time each step until the frame after the drawing.
TIME_STEPS = """async ([root, slider, steps]) => {
    const drawn = () => new Promise(resolve => {
        const watch = new MutationObserver(() => {
            watch.disconnect();
            requestAnimationFrame(resolve);
        });
        watch.observe(root, { attributes: true, attributeFilter: ['data-drawn'] });
    });
    const times = [];
    let up = true;
    for (let step = 0; step < steps; step++) {
        if (slider.value === slider.max) up = false;
        if (slider.value === slider.min) up = true;
        if (up) slider.stepUp(); else slider.stepDown();
        const done = drawn();
        const start = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await done;
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
}"""

pytestmark = pytest.mark.browser
each_lesson = pytest.mark.parametrize("lesson", LESSONS)
each_theme = pytest.mark.parametrize("theme", ["light", "dark"])
# That every page opens from a file, too, is in test_pages.py; two lessons move there.
each_way = pytest.mark.parametrize(
    ("lesson", "over"),
    [*((name, "http") for name in LESSONS), *((name, "file") for name in LESSONS[:2])],
)


@each_lesson
def test_every_lesson_has_figures_that_a_reader_can_move(read, lesson):
    figures = read(lesson).figures()
    assert any(enabled_inputs(figure) for figure in figures)


@each_way
def test_every_control_changes_its_figure_and_reset_gives_back_the_start(
    read, lesson, over
):
    reader = read(lesson, over=over)
    idle, lost = [], []
    for figure in reader.figures():
        controls = enabled_inputs(figure)
        start = [control.evaluate(VALUE) for control in controls], reader.shown(figure)
        for control in controls:
            name = control.evaluate(NAME)
            if not reader.moves(figure, control):
                idle.append(name)
            reader.reset(figure)
            values = [control.evaluate(VALUE) for control in controls]
            if (values, reader.shown(figure)) != start:
                lost.append(name)
    assert idle == lost == []


@each_lesson
def test_a_slider_step_is_on_the_screen_at_once(read, lesson, record_property):
    reader = read(lesson)
    for figure in reader.figures():
        for slider in figure.query_selector_all("input[type=range]:enabled"):
            times = reader.page.evaluate(TIME_STEPS, [figure, slider, STEPS])
            median, slow = times[STEPS // 2], times[round(STEPS * 0.95) - 1]
            label = slider.evaluate(NAME)
            record_property(label, f"median {median:.1f} ms, p95 {slow:.1f} ms")
            print(f"{label}: median {median:.1f} ms, p95 {slow:.1f} ms")
            assert slow < SLOWEST_STEP, label


@each_lesson
def test_tab_reaches_every_control(read, lesson):
    reader = read(lesson)
    wanted = {
        control.evaluate(NAME)
        for figure in reader.figures()
        for control in enabled_inputs(figure)
    }
    focused = f"({NAME})(document.activeElement)"
    for _ in range(TABS):
        if not wanted:
            break
        reader.page.keyboard.press("Tab")
        wanted.discard(reader.page.evaluate(focused))
    assert wanted == set()


@each_lesson
def test_a_control_that_needs_a_kernel_is_off_and_says_where_it_runs(read, lesson):
    for figure in read(lesson).figures():
        off = figure.query_selector_all(f"{INPUTS}:disabled")
        note = figure.query_selector(".rectified-note")
        assert note.is_visible() == bool(off)
        links = [link.get_attribute("href") for link in note.query_selector_all("a")]
        assert all(f"notebooks/{lesson}.ipynb" in link for link in links)
        assert len(links) == (3 if off else 0)


@each_lesson
def test_choosing_the_other_theme_redraws_every_figure(read, lesson):
    reader = read(lesson, theme="light")
    figures = reader.figures()
    before = [(reader.drawn(figure), reader.shown(figure)) for figure in figures]
    reader.page.click(".theme-switch-button")
    reader.page.click(".theme-change-button[data-mode=dark]")
    for figure, (drawn, shown) in zip(figures, before, strict=True):
        reader.wait_for_drawing(figure, drawn)
        assert figure.get_attribute("data-theme") == "dark"
        # A frame is another file; a drawing keeps its markup and takes other colors.
        if figure.query_selector(".rectified-picture > img"):
            assert reader.shown(figure) != shown


@each_theme
@each_lesson
def test_a_picture_lies_on_the_page_without_a_seam(read, lesson, theme):
    reader = read(lesson, theme=theme)
    css = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    page = [int(number) for number in re.findall(r"\d+", css)]
    for figure in reader.figures():
        photo = figure.query_selector(".rectified-picture").screenshot()
        corner = Image.open(BytesIO(photo)).convert("RGB").getpixel((1, 1))
        # Two of 256 levels: the browser rounds when it scales a frame.
        label = figure.get_attribute("data-figure")
        assert list(corner) == pytest.approx(page, abs=2), label


@each_lesson
def test_without_javascript_every_figure_still_shows_or_says_something(read, lesson):
    reader = read(lesson, javascript=False)
    for place in reader.page.query_selector_all(".rectified-mount"):
        picture = place.query_selector("img")
        if picture:
            assert picture.evaluate("image => image.naturalWidth") > 0
            assert len(picture.get_attribute("alt")) > 20
        else:
            assert len(place.inner_text()) > 20
