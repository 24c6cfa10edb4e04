from pathlib import Path

import pytest

from tests.certificates import write_certificate


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Certificate and key of a name that is not this machine's."""
    cert, key, _ = write_certificate(tmp_path, "rules.petition.example.cn")
    return cert, key
