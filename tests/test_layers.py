"""How the package is cut: who imports whom, what is slow to import, how long it is."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"

# A module may import from its own floor and from those below. A new name at the top
# of the package needs a place here; other names that begin with `_` live on floor 0.
FLOORS = {
    0: {
        "activations",
        "datasets",
        "ensembles",
        "initialization",
        "kinks",
        "networks",
        "regions",
    },
    1: {"experiments", "probes"},
    2: {"claims", "rules", "widgets"},
    3: {"explorables", "practice"},
    4: {"__init__", "__main__", "_cli", "_cli_progress"},
}
ONLY_FROM_FLOOR_2_ON = {"IPython", "anywidget", "ipywidgets", "matplotlib"}
# All others may import PyTorch inside a function only: it takes seconds, and the
# first lessons show a figure before it is needed.
ABOUT_TORCH = {"networks", "probes"}

MODULES = sorted((SOURCE / "rectified").rglob("*.py"))
SIZED = [*MODULES, *sorted((ROOT / "tools").glob("*.py"))]


def dotted(path: Path) -> str:
    """Return the full name of a module, as in ``rectified.widgets``."""
    name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    return name.removesuffix(".__init__")


def below_root(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def place(name: str) -> str:
    """Return what FLOORS calls a module, or a name that is imported from one."""
    first = [*name.split("."), ""][1]
    here = SOURCE / "rectified" / first
    is_module = here.is_dir() or here.with_name(f"{first}.py").exists()
    return first if first and is_module else "__init__"


def floor(name: str) -> int:
    top = place(name)
    found = [level for level, names in FLOORS.items() if top in names]
    assert found or top.startswith("_"), f"FLOORS has no place for `{top}`"
    return found[0] if found else 0


def imported_names(tree: ast.AST, path: Path) -> set[str]:
    """Return the full name of everything that `tree` imports, wherever it does."""
    package = dotted(path).split(".")
    if path.stem != "__init__":
        package.pop()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base = [*base, *(node.module or "").split(".")]
            full = ".".join(filter(None, base))
            names |= {f"{full}.{alias.name}" for alias in node.names}
    return names


def without_deferred(tree: ast.AST) -> ast.AST:
    """Empty whatever does not run when the module is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = []
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    return tree


def roots(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_go_down_only(path):
    here = dotted(path)
    names = imported_names(parse(path), path)
    ours = {name for name in names if name.startswith("rectified")}
    assert not {name for name in ours if floor(name) > floor(here)}


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_the_numeric_floors_know_nothing_of_figures_and_widgets(path):
    names = imported_names(parse(path), path)
    assert floor(dotted(path)) > 1 or not roots(names) & ONLY_FROM_FLOOR_2_ON


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_only_modules_about_torch_import_it_at_once(path):
    names = imported_names(without_deferred(parse(path)), path)
    assert "torch" not in roots(names) or place(dotted(path)) in ABOUT_TORCH


def packages_after(code: str) -> set[str]:
    """Run `code` in a Python of its own and return the packages it has imported."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{report}"]
    return set(subprocess.check_output(command, text=True).split())


def test_importing_the_package_imports_nothing_slow():
    slow = ONLY_FROM_FLOOR_2_ON | {"torch"}
    assert not packages_after("import rectified") & slow


@pytest.mark.parametrize("number", ["00", "01"])
def test_the_first_lessons_get_their_figures_without_torch(number):
    (lesson,) = ROOT.glob(f"notebooks/{number}_*.ipynb")
    cells = json.loads(lesson.read_text("utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    (first,) = [i for i, cell in enumerate(code) if "rc.predict" in cell][:1]
    assert "torch" not in packages_after("\n".join(code[: first + 1]))


@pytest.mark.parametrize("path", SIZED, ids=below_root)
def test_a_module_can_be_read_in_one_sitting(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 250, "cut it in two"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SIZED, ids=below_root)
def test_a_function_fits_on_a_screen(path):
    lengths = {}
    for function in functions(path):
        # A docstring does not count: it may take the room that the reader needs.
        code = function.body[ast.get_docstring(function) is not None :]
        lengths[function.name] = function.end_lineno - code[0].lineno + 1 if code else 0
    assert not {name: length for name, length in lengths.items() if length > 40}


@pytest.mark.parametrize("path", SIZED, ids=below_root)
def test_a_function_takes_at_most_five_positional_parameters(path):
    for function in functions(path):
        positional = [*function.args.posonlyargs, *function.args.args]
        names = [one.arg for one in positional if one.arg not in ("self", "cls")]
        assert len(names) <= 5, f"{function.name}: make the last ones keyword-only"
