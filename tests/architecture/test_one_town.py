"""A fixture of a package ends with its folder only where the folder is a package: elsewhere pytest keeps it until the
end of the run, and with it the whole town that it has started."""

import ast
from collections.abc import Iterator

from tests.support.source import ROOT, Module, parse


def of_a_package(module: Module) -> Iterator[str]:
    """The fixtures of a file that are to end with its folder."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            wanted = [ast.unparse(one) for one in node.decorator_list]
            yield from (node.name for one in wanted if one.startswith("pytest.fixture") and "'package'" in one)


def test_a_fixture_of_a_package_is_found() -> None:
    sample = """
@pytest.fixture(scope="package", autouse=True)
async def town(): ...

@pytest.fixture(scope="session")
def package(): ...
"""
    assert list(of_a_package(parse("tests/conftest.py", sample))) == ["town"]


def test_what_ends_with_a_folder_stands_in_a_package() -> None:
    files = [file for file in (ROOT / "tests").rglob("conftest.py") if not file.with_name("__init__.py").exists()]
    found = {file: list(of_a_package(parse(str(file), file.read_text("utf-8")))) for file in files}
    assert {file: names for file, names in found.items() if names} == {}
