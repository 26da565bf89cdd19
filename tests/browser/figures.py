"""Use the figures of a page as a learner does, in JupyterLab and in the book alike."""

from collections.abc import Iterator
from importlib.resources import files

from playwright.sync_api import ElementHandle, Page
from playwright.sync_api import TimeoutError as NotInTime

# What a figure shows. Ids of clip paths count up, so they do not matter.
SHOWN = """root => {
    const picture = root.querySelector('.rectified-picture > :is(img, svg)');
    const drawing = picture.src ?? picture.outerHTML;
    const finding = root.querySelector('.rectified-finding').textContent;
    return `${finding} ${drawing.replace(/rx-clip-[\\w-]+/g, 'clip')}`;
}"""
# Drawn since then, and not merely asked for: pictures arrive later.
DRAWN = "([root, before]) => Number(root.dataset.drawn) > before"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
# Without preload: it would ask for style sheets at addresses that it guesses. What is
# right is not listed: on a long page that takes as long as the search for faults.
VIOLATIONS = """async within => {
    const options = { preload: false, resultTypes: ['violations'] };
    const { violations } = await axe.run(within || document, options);
    return violations.flatMap(({ id, help, nodes }) => nodes.map(
        node => `${id}: ${help}\n    ${node.html.slice(0, 300)}`));
}"""
INPUTS = ".rectified-control :is(input, select:not(.rectified-speed), button)"
VALUE = "input => input.type === 'checkbox' ? String(input.checked) : input.value"
# An input as "figure/control/type"; nothing for what is no control.
NAME = """input => {
    const control = input.closest('.rectified-control');
    if (!control) return '';
    const figure = control.closest('.rectified').dataset.figure;
    return `${figure}/${control.dataset.control}/${input.type}`;
}"""


class FigurePage:
    """A page with explorables."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def figures(self) -> list[ElementHandle]:
        """Return the roots of all explorables of the page."""
        return self.page.query_selector_all("[data-figure]")

    def shown(self, figure: ElementHandle) -> str:
        """Return what a figure shows: its finding and its picture."""
        return str(figure.evaluate(SHOWN))

    def drawn(self, figure: ElementHandle) -> int:
        """Return how many pictures a figure has shown."""
        return int(figure.get_attribute("data-drawn") or 0)

    def wait_for_drawing(self, figure: ElementHandle, before: int) -> None:
        """Wait until a figure has drawn since it had drawn `before` times."""
        self.page.wait_for_function(DRAWN, arg=[figure, before])

    def axe_violations(self, within: str = "") -> list[str]:
        """Return what axe-core finds with its default rules, in the page or a part."""
        self.page.evaluate(AXE)
        return list(self.page.evaluate(VIOLATIONS, within))

    def moves(self, figure: ElementHandle, control: ElementHandle) -> bool:
        """Use a control by keyboard; tell whether the figure shows another thing."""
        at_start = self.shown(figure)
        for keys in keys_that_move(control):
            value, drawn = control.evaluate(VALUE), self.drawn(figure)
            control.focus()
            for key in keys:
                self.page.keyboard.press(key)
            is_button = keys == ["Enter"]
            if not is_button and control.evaluate(VALUE) == value:
                continue  # it stood at this end already
            try:
                self.wait_for_drawing(figure, drawn)
            except NotInTime:
                return False
            if self.shown(figure) != at_start:
                return True
        return False

    def reset(self, figure: ElementHandle) -> None:
        """Press the figure's Reset button and wait for the start picture."""
        drawn = self.drawn(figure)
        figure.query_selector("button >> text=Reset").click()
        self.wait_for_drawing(figure, drawn)


def enabled_inputs(figure: ElementHandle) -> list[ElementHandle]:
    """Return everything that a learner can use in a figure's controls."""
    return figure.query_selector_all(f"{INPUTS}:enabled")


def keys_that_move(control: ElementHandle) -> Iterator[list[str]]:
    """Yield keys, one try after the other, that ought to change the control."""
    match control.evaluate("input => input.type"):
        case "range" | "select-one":
            yield from (["ArrowRight"], ["ArrowLeft"], ["End"], ["Home"])
        case "number":
            yield from (["ArrowUp", "Enter"], ["ArrowDown", "Enter"])
        case "checkbox":
            yield ["Space"]
        case "button":
            yield ["Enter"]
