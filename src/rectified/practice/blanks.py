"""Tell whether an exercise still has a blank: a `...` that stands for code."""

from __future__ import annotations

import ast
import linecache
from types import CodeType
from typing import Any, Final

_LONGEST: Final = 2000  # characters of a value's text


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
        try:
            return repr(answer)[:_LONGEST]
        except Exception:  # a learner's own `__repr__`
            return f"<{type(answer).__name__}>"
    return "".join(linecache.getlines(codes[0].co_filename))


def _blank_line(name: str, answer: Any) -> str:
    codes = _code_objects(answer)
    has_ellipsis = any(map(_has_ellipsis, codes))
    cell = source(answer) if codes else ""
    try:
        tree = ast.parse(cell)
    except SyntaxError:  # no plain Python: a cell with a magic
        return "..." if has_ellipsis else ""
    first = codes[0].co_firstlineno if codes else 0
    definition = _definition(tree, name, first)
    # Python drops a `...` on a line of its own, so the compiled code does not have it.
    is_stub = definition is not tree and any(map(_is_stub, ast.walk(definition)))
    if not has_ellipsis and not is_stub:
        return ""
    inside: set[ast.AST] = set()  # x[..., 0] is no blank
    for node in ast.walk(definition):
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
            above = [decorator.lineno for decorator in node.decorator_list]
            if min([node.lineno, *above]) <= line <= (node.end_lineno or 0):
                return node
    return tree


def _is_stub(node: ast.AST) -> bool:
    last = node.body[-1] if isinstance(node, ast.FunctionDef) else None
    return isinstance(last, ast.Expr) and (
        isinstance(last.value, ast.Constant) and last.value.value is Ellipsis
    )


def _code_objects(answer: Any) -> list[CodeType]:
    members = vars(answer).values() if isinstance(answer, type) else [answer]
    # A static method wraps its function.
    functions = [getattr(member, "__func__", member) for member in members]
    found = [getattr(function, "__code__", None) for function in functions]
    return [code for code in found if isinstance(code, CodeType)]


def _has_ellipsis(code: CodeType) -> bool:
    return any(
        constant is Ellipsis
        or (isinstance(constant, CodeType) and _has_ellipsis(constant))
        for constant in code.co_consts
    )
