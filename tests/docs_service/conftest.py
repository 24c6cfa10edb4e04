"""Orders made from the catalogue's own cases, and a font cache of the session's own."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from docs_service import Format, Party, RenderOrder
from docs_service.catalogue import CATALOGUE_FOLDER, load_cases, shipped_catalogue

CASES = {
    f"{code}-{name}": (code, case)
    for code in sorted(shipped_catalogue().types)
    for name, case in load_cases(CATALOGUE_FOLDER, code).items()
}
MakeOrder = Callable[..., RenderOrder]


@pytest.fixture(scope="session", autouse=True)
def _own_font_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("HUIYIN_FONTS", raising=False)
        yield


def order_of(case: str, form: Format = Format.PDF, **words: Any) -> RenderOrder:
    """The order of a case. `data` overlays the case's data (None takes a field away), words the order's."""
    code, entry = CASES[case]
    data = {**entry["data"], **words.pop("data", {})}
    data = {name: value for name, value in data.items() if value is not None}
    usual: dict[str, Any] = {
        "type": code,
        "variant": entry.get("variant", ""),
        "number": entry.get("number", ""),
        "forbidden_recipients": tuple(Party(**party) for party in entry.get("forbidden_recipients", ())),
        "data_json": json.dumps(data),
        "format": form,
    }
    return RenderOrder(**{**usual, **words})


@pytest.fixture(scope="session")
def make_order() -> MakeOrder:
    return order_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # Of the session, so that the tests of one case follow each other and share what is rendered.
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, scope="session")
    if "paper" in metafunc.fixturenames:
        metafunc.parametrize("paper", sorted(shipped_catalogue().types), scope="session")
