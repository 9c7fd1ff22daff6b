"""One folder and one line: the registry knows the providers, and nothing else in the product names one."""

import dataclasses
import re
from pathlib import Path

import pytest

from integrations.models import Connection
from integrations.providers import catalog, environment, registry
from integrations.providers.base import Capabilities, EnvironmentSetting
from tests.make.pocket import POCKET
from tests.make.systems import SYSTEMS

ROOT = Path(__file__).resolve().parents[2]
CORE = (
    "integrations/*.py",
    "integrations/sync/**/*.py",
    "integrations/worker/**/*.py",
    "integrations/providers/**/*.py",
    "integrations/management/commands/*.py",
    "integrations/templatetags/*.py",
    "propay/**/*",
    "protiv/**/*",
    "templates/**/*",
    "static/*.*",
)
# Where a provider may be named: its line of the registry, the demo and its `.env`, the commands of its sandbox,
# translations, and migrations, which tell of the past.
MAY_NAME = re.compile(
    r"integrations/providers/registry\.py|integrations/management/commands/(make_demo|exaktime_sandbox)\.py"
    r"|protiv/env_file\.py|protiv/locale/.*|.*/migrations/.*|templates/(exaktime|quickbooks_time|file_import)/.*|.*\.mo"
)


def core_files() -> list[Path]:
    found = {path for pattern in CORE for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc"}
    return sorted(path for path in found if not MAY_NAME.fullmatch(path.relative_to(ROOT).as_posix()))


@pytest.mark.parametrize("provider", registry.PROVIDERS, ids=str)
def test_no_core_file_names_a_provider(provider):
    files = core_files()
    assert len(files) > 200
    names = {provider.key.lower(), provider.slug, provider.name.lower()}
    told = [path.relative_to(ROOT) for path in files if names & found_in(path, names)]
    assert not told


def found_in(path: Path, names: set[str]) -> set[str]:
    text = path.read_text(encoding="utf-8", errors="ignore").lower()
    return {name for name in names if name in text}


def test_the_registry_names_each_provider_in_one_line_and_its_import():
    lines = (ROOT / "integrations/providers/registry.py").read_text().splitlines()
    assert sum("exaktime" in line.lower() for line in lines) == 2


def test_keys_slugs_and_names_are_never_shared():
    for attribute in ("key", "slug", "name"):
        values = [getattr(one, attribute) for one in SYSTEMS]
        assert len(set(values)) == len(values)
    assert all(re.fullmatch("[a-z0-9-]+", one.slug) and len(one.key) <= 20 for one in SYSTEMS)


def test_an_unregistered_provider_is_unknown():
    with pytest.raises(LookupError, match="POCKET"):
        registry.by_key("POCKET")
    with pytest.raises(LookupError, match="pocket-clock"):
        registry.by_slug("pocket-clock")


def test_a_new_line_in_the_registry_is_a_choice_without_a_migration(monkeypatch):
    monkeypatch.setattr(registry, "PROVIDERS", SYSTEMS)
    assert Connection(provider="POCKET").get_provider_display() == "Pocket Clock"
    _name, _path, _args, arguments = Connection._meta.get_field("provider").deconstruct()
    assert arguments["choices"] is registry.choices


def test_a_planned_provider_disappears_once_it_can_be_connected(monkeypatch):
    planned = registry.PLANNED[0].name
    monkeypatch.setattr(registry, "PROVIDERS", (dataclasses.replace(POCKET, name=planned),))
    assert [entry.provider is not None for entry in catalog.catalog() if entry.name == planned] == [True]


def test_capabilities_are_stored_by_name_and_unknown_names_are_ignored():
    can = Capabilities(finality=True, wages=True)
    assert Capabilities.of([*can.names(), "telepathy"]) == can


# Settings from the environment

TEXT, FLAG = EnvironmentSetting("POCKET_BASE_URL", "https://pocket.test"), EnvironmentSetting("POCKET_LOOSE", False)


def test_a_setting_is_read_from_the_environment_and_has_a_default(monkeypatch, settings):
    assert (environment.text(TEXT), environment.flag(FLAG)) == ("https://pocket.test", False)
    monkeypatch.setenv("POCKET_BASE_URL", "https://other.test")
    monkeypatch.setenv("POCKET_LOOSE", "on")
    assert (environment.text(TEXT), environment.flag(FLAG)) == ("https://other.test", True)
    settings.POCKET_BASE_URL = "https://settings.test"
    assert environment.text(TEXT) == "https://settings.test"


@pytest.mark.parametrize("provider", registry.PROVIDERS, ids=str)
def test_each_setting_is_explained_to_the_operator(provider):
    explained = (ROOT / ".env.example").read_text()
    assert not [one.name for one in provider.environment if f"\n{one.name}=" not in explained]
