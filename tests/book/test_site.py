"""The built book, read as files: nothing broken, nothing foreign, nothing too big."""

import re
import runpy
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sphinxcontrib.katex

from tests.book.site import (
    LESSONS,
    MADE,
    PAGES,
    ROOT,
    WRITTEN,
    BookPage,
    is_external,
    launch_url,
)

URLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]
SERVICES = ("Binder", "Colab", "JupyterLab")
VIEWS = ("light-wide", "light-narrow", "dark-wide", "dark-narrow")
FIGURE_BUDGET = 600_000  # bytes of frames in one view
PAGE_BUDGET = 3_000_000  # bytes of HTML and of all frames in one view

pytestmark = pytest.mark.usefixtures("book")


def each(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", [BookPage(n) for n in names], ids=names)


each_page, each_text, each_lesson = each(PAGES), each(WRITTEN), each(LESSONS)


def test_the_build_warns_of_nothing(build):
    assert build.returncode == 0
    # With a colon they are Sphinx's. Kernels have warnings of their own.
    assert "WARNING: " not in build.stderr


def test_every_page_that_is_written_is_built_and_no_other(book):
    assert {path.stem for path in book.glob("*.html")} == {*WRITTEN, *MADE}


def test_github_pages_serves_folders_that_begin_with_an_underscore(book):
    assert (book / ".nojekyll").exists()


# --- links and what pages load --------------------------------------------------


@cache
def anchors(name):
    """All ids of a page; many links lead to the same page, so it is read once."""
    return {tag["id"] for tag in BookPage(name).soup.select("[id]")}


@each_page
def test_every_internal_link_and_its_anchor_exist(page):
    broken = []
    for link in page.soup.select("a[href]"):
        if is_external(link["href"]) or link["href"] == "#":
            continue
        file, anchor = page.target(link["href"])
        if not file.is_file():
            broken.append(link["href"])
        elif anchor and anchor not in anchors(file.stem):
            broken.append(link["href"])
    assert broken == []


@each_page
def test_everything_that_a_page_loads_is_part_of_the_book(page):
    named = [tag["href"] for tag in page.soup.select("link[href]")]
    named += [tag["src"] for tag in page.soup.select("[src]")]
    named += re.findall(r"url\(['\"]?([^)'\"]+)", str(page.soup))
    assert [url for url in named if is_external(url)] == []
    local = [url for url in named if not url.startswith(("data:", "#"))]
    assert [url for url in local if not page.target(url)[0].is_file()] == []


def test_style_sheets_load_only_files_of_the_book(book):
    missing = []
    for sheet in book.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for url in re.findall(r"(?:url\(|@import)\s*['\"]?([^)'\"]+)", text):
            file = (sheet.parent / urlsplit(url).path).resolve()
            if not url.startswith(("data:", "#")) and not file.is_file():
                missing.append(f"{sheet.name}: {url}")
    assert missing == []


# --- text, formulas, pictures ---------------------------------------------------


@each_page
def test_every_picture_is_described_in_words(page):
    is_file_name = re.compile(r"[/\\]|\.(png|jpe?g|svg|webp|gif)$", re.IGNORECASE)
    alts = [image.get("alt", "").strip() for image in page.soup.select("img")]
    assert [alt for alt in alts if len(alt) < 4 or is_file_name.search(alt)] == []


@each_text
def test_no_formula_or_markup_is_left_unrendered(page):
    assert page.soup.select(".katex-error, .problematic, .system-message") == []
    article = BookPage(page.name).article  # a copy of its own: parts are taken out
    for tag in article.select("pre, code, script, annotation"):
        tag.decompose()
    text = article.get_text(" ")
    raw = re.findall(r"\$\$?[^$\n]{1,60}\$|\\\w+\{|\\[(\[]|:::|\{\w+\}`|%%\w+", text)
    assert raw == []


def test_formulas_are_styled_by_the_version_that_rendered_them(book):
    style = (book / "_static/katex/katex.min.css").read_text()
    assert f'content:"{sphinxcontrib.katex.katex_version}"' in style


# --- the way from page to page and to a kernel ------------------------------------


@each_page
def test_the_contents_list_every_lesson_in_order_and_the_instruments(page):
    links = page.soup.select(".bd-docs-nav a")
    found = [page.target(link["href"])[0].stem for link in links]
    assert found == [*LESSONS, "api"]


@each_lesson
def test_the_launch_menu_opens_this_lesson_where_it_is_kept(page):
    assert (ROOT / "notebooks" / f"{page.name}.ipynb").is_file()
    links = page.soup.select(".dropdown-launch-buttons a")
    shown = {link.get_text(strip=True): link["href"] for link in links}
    repository = URLS["Repository"]
    assert shown == {s: launch_url(s, page.name, repository) for s in SERVICES}


@each_lesson
def test_figures_know_the_launch_links_of_their_page(page):
    assert "%%LAUNCH" not in page.path.read_text("utf-8")
    right = {launch_url(s, page.name, URLS["Repository"]) for s in SERVICES}
    for state in page.figures:
        assert {entry[1] for entry in state["_spec"]["launch"]} == right


@each_text
def test_a_problem_is_reported_with_the_name_of_the_page(page):
    link = urlsplit(page.soup.select_one(".book-report a")["href"])
    query = parse_qs(link.query)
    assert link._replace(query="").geturl() == f"{URLS['Issues']}/new"
    # The title as the browser's tab shows it, without the name of the book.
    title = page.soup.title.get_text().split(" \u2014 ")[0].strip()
    assert query["title"] == [f"Problem on the page: {title}"]
    assert f"Page: {page.name}\n" in query["body"][0]


def test_the_map_of_lessons_promises_only_what_exists():
    index = BookPage("index")
    available = {}
    for number, entry in enumerate(index.soup.select("#the-lessons ol > li")):
        link, status = entry.select_one("a"), entry.em.get_text()
        assert status == ("available" if link else "planned")
        if link:
            available[number] = index.target(link["href"])[0].stem
    assert available == {int(name[:2]): name for name in LESSONS}


# --- size -----------------------------------------------------------------------


@each_page
def test_a_page_stays_within_its_budget(page, record_property):
    for view in VIEWS:
        shown = page.frames(view)
        figures = [sum(frame.stat().st_size for frame in frames) for frames in shown]
        size = page.path.stat().st_size + sum(figures)
        record_property(f"{page.name} {view}, kB", size // 1000)
        assert size <= PAGE_BUDGET, f"{view}: {size} bytes"
        assert max(figures, default=0) <= FIGURE_BUDGET, f"{view}: {figures}"


# --- the configuration ----------------------------------------------------------


@pytest.fixture
def conf(monkeypatch):
    """The names that book/conf.py defines."""
    for name in ("RECTIFIED_BOOK", "OMP_NUM_THREADS", "MPLBACKEND"):
        monkeypatch.setenv(name, "agg")  # conf.py sets them; this sets them back
    return runpy.run_path(str(ROOT / "book/conf.py"))


def test_formulas_can_be_rendered_where_node_is_not_installed(conf, monkeypatch):
    monkeypatch.setenv("PATH", "")
    command = [conf["find_node"](), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.match(r"v\d+\.", answer.stdout)


def test_a_change_anywhere_in_the_package_asks_for_a_new_run(
    conf, tmp_path, monkeypatch
):
    copy = Path(shutil.copytree(conf["PACKAGE"], tmp_path / "package"))
    hash_package = conf["hash_package"]
    monkeypatch.setitem(hash_package.__globals__, "PACKAGE", copy)
    hashes = [hash_package()]
    for name in ("widgets/theme.py", "widgets/static/plot.js", "new.yaml", "new.css"):
        with (copy / name).open("a") as file:
            file.write("\n")
        hashes.append(hash_package())
    assert len(set(hashes)) == len(hashes)
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__/theme.pyc").write_bytes(b"compiled")
    assert hash_package() == hashes[-1]
