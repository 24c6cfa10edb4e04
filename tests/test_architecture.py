"""The arrows of the design: who may import whom."""

import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

PACKAGES = ("huiyin", "rules_service", "docs_service", "service_kit")

# In every list: a room may import those before it, never those after it.
PIPELINES = [
    ["rules_service.language", "rules_service.analysis"],
    ["rules_service.calendar", "rules_service.engine", "rules_service.backtest", "rules_service.commands"],
    ["rules_service.language", "rules_service.engine", "rules_service.server"],
    ["rules_service.commands", "rules_service.server"],
    ["docs_service.content", "docs_service.layout", "docs_service.writers", "docs_service.batch"],
    ["docs_service.writers", "docs_service.server"],
    ["service_kit.problems", "service_kit.serving"],
]
FORBIDDEN = [
    ("service_kit", "rules_service"),
    ("service_kit", "docs_service"),
    ("service_kit", "huiyin"),
    ("rules_service", "docs_service"),
    ("docs_service", "rules_service"),
    ("huiyin", "rules_service"),
    ("huiyin", "docs_service"),
    ("rules_service", "huiyin.cli"),
    ("docs_service", "huiyin.cli"),
    ("rules_service", "huiyin.client"),
    ("docs_service", "huiyin.client"),
    ("huiyin.client", "service_kit.serving"),
    ("service_kit.serving.supervisor", "service_kit.serving.server"),
]


ROOT = Path(__file__).parents[1]
IMPORTED = re.compile(r"^from (\S+) c?import \(?([\w,\s]+?)\)?$", re.MULTILINE)


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """The graph of all modules, the compiled ones among them."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for importer, imported in compiled_imports():
        for module in (importer, imported):
            if module not in graph.modules:
                graph.add_module(module)
        graph.add_import(importer=importer, imported=imported)
    return graph


def compiled_imports() -> Iterator[tuple[str, str]]:
    """Who imports what of this project, in the modules that are compiled."""
    sources = [*ROOT.glob("rules_service/**/*.pyx"), *ROOT.glob("rules_service/**/*.pxd")]
    for source in sources:
        importer = ".".join(source.relative_to(ROOT).with_suffix("").parts)
        for package, names in IMPORTED.findall(source.read_text()):
            for name in re.findall(r"\w+", names):
                if package.partition(".")[0] in PACKAGES:
                    within = ROOT.joinpath(*package.split("."), name)
                    is_module = any(within.with_suffix(end).exists() for end in (".py", ".pyx"))
                    yield importer, f"{package}.{name}" if is_module else package


def test_the_compiled_modules_are_those_that_the_project_names():
    named = re.findall(r'^sources = \["(.+)"\]$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    found = [str(source.relative_to(ROOT)) for source in ROOT.glob("rules_service/**/*.pyx")]
    assert sorted(named) == sorted(found)


def test_what_compiled_modules_import_is_looked_at(imports):
    found = imports.find_modules_directly_imported_by("rules_service.commands.plain")
    assert {"rules_service.commands.wire", "rules_service.engine.told"} <= found


def _imports_between(graph: grimp.ImportGraph, importer: str, imported: str) -> Iterator[str]:
    if {importer, imported} <= graph.modules:
        for one in graph.find_shortest_chains(importer, imported, as_packages=True):
            yield " -> ".join(one)


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN, ids=lambda it: it)
def test_a_forbidden_arrow_is_nowhere(imports, importer, imported):
    assert list(_imports_between(imports, importer, imported)) == []


@pytest.mark.parametrize("pipeline", PIPELINES, ids=" ".join)
def test_the_pipeline_flows_one_way(imports, pipeline):
    backward = [
        chain
        for index, earlier in enumerate(pipeline)
        for later in pipeline[index + 1 :]
        for chain in _imports_between(imports, earlier, later)
    ]
    assert backward == []


@pytest.mark.parametrize("service", ["rules_service", "docs_service"])
def test_nobody_imports_a_server(imports, service):
    server = f"{service}.server"
    if server not in imports.modules:
        pytest.skip(f"{server} is not there")
    rooms = {server, *imports.find_descendants(server)}
    importers = {who for room in rooms for who in imports.find_modules_that_directly_import(room)}
    assert importers - rooms == set()


def test_no_two_rooms_import_each_other(imports):
    for package in PACKAGES:
        rooms = imports.find_children(package)
        mutual = [
            (one, other)
            for one in rooms
            for other in rooms
            if one < other
            and imports.find_shortest_chain(one, other, as_packages=True)
            and imports.find_shortest_chain(other, one, as_packages=True)
        ]
        assert mutual == []
