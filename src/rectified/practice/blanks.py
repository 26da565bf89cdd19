"""Tell whether an exercise still has a blank: a `...` that stands for code."""

from __future__ import annotations

import ast
import linecache
from types import CodeType
from typing import Any


def find(name: str, answer: Any) -> str:
    """Return where there is a blank, a sentence; empty if there is none.

    Parameters
    ----------
    name : str
        What the answer is called in the learner's cell.
    answer : object
        A function, a class, or a value.
    """
    if answer is Ellipsis:
        return f"Not attempted yet: put an answer in place of `...` in `{name} = ...`."
    line = _blank_line(name, answer)
    if not line:
        return ""
    return f"Not attempted yet: put code in place of `...` in the line `{line}`."


def source(answer: Any) -> str:
    """Return the text of the cell that defines an answer, or its value as text."""
    codes = _code_objects(answer)
    if not codes:
        return repr(answer)
    return "".join(linecache.getlines(codes[0].co_filename))


def _blank_line(name: str, answer: Any) -> str:
    codes = _code_objects(answer)
    if not any(map(_has_ellipsis, codes)):
        return ""
    cell = source(answer)
    try:
        tree = ast.parse(cell)
    except SyntaxError:  # no plain Python: a cell with a magic
        return "..."
    first = codes[0].co_firstlineno
    inside: set[ast.AST] = set()  # x[..., 0] is no blank
    for node in ast.walk(_definition(tree, name, first)):
        if isinstance(node, ast.Subscript):
            inside.update(ast.walk(node.slice))
        elif isinstance(node, ast.Constant) and node.value is Ellipsis:
            if node not in inside:
                return cell.splitlines()[node.lineno - 1].partition("#")[0].strip()
    return "" if cell else "..."


def _definition(tree: ast.Module, name: str, line: int) -> ast.AST:
    """Return the definition of `name` that `line` is in; all of it if there is none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            if node.lineno <= line <= (node.end_lineno or 0):
                return node
    return tree


def _code_objects(answer: Any) -> list[CodeType]:
    members = vars(answer).values() if isinstance(answer, type) else [answer]
    found = [getattr(member, "__code__", None) for member in members]
    return [code for code in found if isinstance(code, CodeType)]


def _has_ellipsis(code: CodeType) -> bool:
    return any(
        constant is Ellipsis
        or (isinstance(constant, CodeType) and _has_ellipsis(constant))
        for constant in code.co_consts
    )
