"""Run the rules' own tests on one mutant, in a forked process that imports everything under test afresh."""

import ast
import importlib.machinery
import os
import resource
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType

import django
import pytest
from hypothesis import Phase
from hypothesis import settings as examples

# What a mutant may live in, directly or through what it is imported by; all else is imported once, before the fork.
UNDER_TEST = (
    "propay.rules",
    "propay.cases",
    "propay.frozen",
    "propay.payroll",
    "propay.what_if",
    "integrations.sync.planning",
    "protiv.kit.money",
    "tests",
)
# A mutant that loops or eats memory is stopped, and counts as found. All tests together take three seconds; it is CPU
# time, so that a busy machine changes nothing.
CPU_SECONDS = 15
MEMORY_BYTES = 3 * 1024**3


def prepare() -> None:
    """Import Django, the product, and the tests' plugins once, for all forks."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "protiv.settings", "DATABASE_URL": "sqlite://:memory:", "EXAMPLES": "few"}
    django.setup()
    import tests.conftest  # noqa: F401


def start(path: str, tree: ast.Module | None, suite: Iterable[str]) -> int:
    """Test the mutated `tree` of a file in a fork, and return the process's id; without a tree, the file as it is."""
    process = os.fork()
    if process == 0:
        os._exit(_run(path, tree, suite))
    return process


def found(status: int) -> bool:
    """Whether a fork that ended like this failed a test; anything but all tests passing counts."""
    return status != 0


def _run(path: str, tree: ast.Module | None, suite: Iterable[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    _forget_what_is_under_test()
    if tree is not None:
        _load_instead(path, compile(tree, path, "exec"))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:timeout", *suite]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return int(pytest.main(options, plugins=[_SameExamplesEachTime()]))


class _SameExamplesEachTime:
    """Hypothesis draws the same examples for each mutant, and doesn't look for a shorter one that fails."""

    def pytest_configure(self) -> None:
        phases = (Phase.explicit, Phase.generate)
        examples.register_profile(
            "mutants", deadline=None, derandomize=True, database=None, phases=phases, max_examples=20
        )
        examples.load_profile("mutants")


def _forget_what_is_under_test() -> None:
    for name in list(sys.modules):
        if name.startswith(UNDER_TEST):
            del sys.modules[name]
            parent, _, attribute = name.rpartition(".")
            if parent in sys.modules and hasattr(sys.modules[parent], attribute):
                delattr(sys.modules[parent], attribute)


def _load_instead(path: str, code: CodeType) -> None:
    """Let the import of one file run other code."""
    read: Callable[..., CodeType | None] = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return code if name == path.removesuffix(".py").replace("/", ".") else read(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
