"""A reader of the book: one browser window that is not connected to the world."""

from typing import Any

from playwright.sync_api import Browser, Request, Route

from tests.browser.figures import FigurePage
from tests.browser.learner import skip_predictions

READY = """() => [...document.querySelectorAll('.rectified-mount')].every(mount => {
    const root = mount.querySelector('.rectified');
    if (root?.dataset.ready !== 'true') return false;
    return 'panel' in root.dataset || Number(root.dataset.drawn) > 0;
})"""
PATIENCE = 10_000  # ms; the machine may be busy


class Reader(FigurePage):
    """A window on the book that notes every error and every foreign request."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        theme: str = "light",
        width: int = 1280,
        javascript: bool = True,
    ) -> None:
        self.address = address
        self.problems: list[str] = []
        self._scripted = javascript
        self._context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            java_script_enabled=javascript,
        )
        self._context.set_default_timeout(PATIENCE)
        self._context.route("**/*", self._stay_inside)
        super().__init__(self._context.new_page())
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("response", self._note_status)

    def _stay_inside(self, route: Route) -> None:
        url = route.request.url
        if url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.problems.append(f"asked for {url}")
            route.abort()

    def _note_console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"console {message.type}: {message.text}")

    def _note_failure(self, request: Request) -> None:
        # A page that is left while frames are still loading drops them, and without
        # JavaScript the browser refuses to load scripts.
        if request.failure not in {"net::ERR_ABORTED", "csp"}:
            self.problems.append(f"{request.failure}: {request.url}")

    def _note_status(self, response: Any) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def open(self, name: str, *, predict: bool = False) -> None:
        """Open a page and wait until all its figures are drawn.

        Predictions are skipped, which opens the figures, unless `predict` is set.
        """
        path, _, query = name.partition("?")
        self.page.goto(f"{self.address}/{path}.html{'?' + query if query else ''}")
        if self._scripted:
            self.page.wait_for_function(READY)
            if not predict:
                skip_predictions(self.page)

    def reload(self) -> None:
        """Load the page anew and wait until all its figures are drawn."""
        self.page.reload()
        self.page.wait_for_function(READY)

    def close(self) -> list[str]:
        """Close the window and return what went wrong in it."""
        self._context.close()
        return self.problems
