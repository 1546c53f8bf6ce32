"""Every error code has a heading in ``docs/errors.md``, and every heading a code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "bidproof"
HEADING = re.compile(r"^### `([a-z0-9-]+)`$", re.MULTILINE)


def codes_in(tree: ast.Module, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The codes a module names: in ``code=`` of a call, as a class's ``code``, as a ``code`` parameter."""
    places = {
        node.name: [argument.arg for argument in node.args.args].index("code")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "code" in [argument.arg for argument in node.args.args]
    }
    for node in ast.walk(tree):
        for value in _code_values(node, places):
            known = constants.get(value.id, value) if isinstance(value, ast.Name) else value
            for inner in ast.walk(known):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value:
                    yield inner.value


def _code_values(node: ast.AST, places: dict[str, int]) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        place = places.get(node.func.id) if isinstance(node.func, ast.Name) else None
        return values + (node.args[place : place + 1] if place is not None else [])
    if isinstance(node, ast.ClassDef):
        return [
            item.value
            for item in node.body
            if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "code"
        ]
    return []


@cache
def codes_in_source() -> dict[str, str]:
    """Every code with one file that names it."""
    trees = {file: ast.parse(file.read_text("utf-8")) for file in sorted(SOURCE.rglob("*.py"))}
    constants = {
        ast.unparse(node.targets[0]): node.value
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    return {
        code: str(file.relative_to(REPOSITORY))
        for file, tree in trees.items()
        for code in codes_in(tree, constants)
    }


def test_every_code_is_explained_and_every_explanation_has_a_code() -> None:
    raised = codes_in_source()
    explained = HEADING.findall((REPOSITORY / "docs" / "errors.md").read_text("utf-8"))
    assert {code: file for code, file in raised.items() if code not in explained} == {}
    assert [code for code in explained if code not in raised] == []
    assert len(explained) == len(set(explained))


def test_codes_are_kebab_case() -> None:
    for code, file in codes_in_source().items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code), (code, file)
