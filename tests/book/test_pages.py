"""The book's pages in Chromium, with the network blocked: for every reader."""

import pytest
from playwright.sync_api import expect

from tests.book.reader import Reader
from tests.book.site import LESSONS, PAGES, ROOT, WRITTEN

SCREENSHOTS = ROOT / "tests/artifacts/book"
WIDE, PHONE = 1280, 360

# Everything in the article that ends beyond the window, unless it is inside a box
# that scrolls by itself.
STICKING_OUT = """() => [...document.querySelectorAll('article *')].filter(node => {
    if (node.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let box = node; box; box = box.parentElement) {
        if (getComputedStyle(box).overflowX !== 'visible') return false;
    }
    return true;
}).map(node => node.outerHTML.slice(0, 120))"""
OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(d => d.open = true)"

pytestmark = pytest.mark.browser
each_page = pytest.mark.parametrize("name", PAGES)
each_theme = pytest.mark.parametrize("theme", ["light", "dark"])
each_width = pytest.mark.parametrize("width", [WIDE, PHONE])


@pytest.mark.parametrize("over", ["http", "file"])
@each_page
def test_a_page_opens_without_an_error_or_a_foreign_request(read, name, over):
    reader = read(name, over=over)  # `read` checks when the test is over
    reader.page.wait_for_load_state("networkidle")
    assert reader.page.title()


# The other two pairs, with everything answered, are in test_practice.py.
@pytest.mark.parametrize(("theme", "width"), [("light", WIDE), ("dark", PHONE)])
@each_page
def test_axe_finds_nothing(read, name, theme, width):
    reader = read(name, theme=theme, width=width, predict=True)
    reader.page.evaluate(OPEN_EVERYTHING)
    assert reader.axe_violations() == []


@each_width
@each_theme
@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_sticks_out_of_the_window(read, name, theme, width):
    page = read(name, theme=theme, width=width, predict=True).page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=SCREENSHOTS / f"{name}_{theme}_{width}.png",
        full_page=True,
        animations="disabled",
    )
    page.evaluate(OPEN_EVERYTHING)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(STICKING_OUT) == []


# --- what the theme brings, once is enough ----------------------------------------


@each_theme
def test_axe_finds_nothing_in_open_menus(read, theme):
    reader = read(LESSONS[0], theme=theme)
    for button in (".dropdown-launch-buttons button", ".theme-switch-button"):
        reader.page.click(button)
        menu = reader.page.locator(".dropdown-menu.show")
        menu.wait_for()
        assert reader.axe_violations(".bd-header-article") == []
        reader.page.mouse.click(WIDE // 2, 700)  # beside the menu
        menu.wait_for(state="hidden")
    reader.page.keyboard.press("Control+k")
    reader.page.locator("#pst-search-dialog").wait_for()
    assert reader.axe_violations("#pst-search-dialog") == []


@each_theme
def test_axe_finds_nothing_in_the_side_bars_of_a_phone(read, theme):
    for side in ("primary", "secondary"):
        reader = read(LESSONS[0], theme=theme, width=PHONE)
        reader.page.click(f".bd-header-article .{side}-toggle")
        bar = f"#pst-{side}-sidebar-modal[open]"
        reader.page.locator(bar).wait_for()
        assert reader.axe_violations(bar) == []


def find(reader: Reader, word: str) -> list[str]:
    """Search as a reader does and return the pages found."""
    reader.page.keyboard.press("Control+k")
    reader.page.keyboard.type(word)
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/search.html?q=*")
    summary = reader.page.locator(".search-summary", has_text="found")
    summary.wait_for()
    links = reader.page.query_selector_all("#search-results li a")
    return [link.get_attribute("href").split("?")[0].split("#")[0] for link in links]


def test_search_finds_a_word_of_a_lesson_offline(read):
    assert "01_what_is_relu.html" in find(read("index"), "gate")


def test_search_finds_nothing_for_a_word_that_is_nowhere(read):
    summary = read("search?q=xylophone").page.locator(".search-summary")
    expect(summary).to_contain_text("did not match any documents")


def test_paper_shows_the_text_and_the_figures_but_not_the_controls(read):
    page = read(LESSONS[0], theme="dark").page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    white = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(white) == "rgb(255, 255, 255)"
    assert page.locator("article h2").first.is_visible()
    assert page.locator(".rectified-picture").first.is_visible()
    for selector in (".bd-sidebar-primary", ".rectified-controls", ".book-report"):
        assert not page.locator(selector).first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
