"""Generates the Python of the contract into the package `huiyin`: `python proto/generate.py [FOLDER]`."""

import sys
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

PROTO = Path(__file__).resolve().parent
WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"
SCRIPTS = Path(sys.executable).parent


def generate(folder: Path) -> None:
    """Writes messages, stubs and their types below FOLDER, at the protos' own paths."""
    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    outputs = [f"--{kind}_out={folder}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    plugins = [f"--plugin={name}={SCRIPTS / name}" for name in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")]
    if protoc.main(["protoc", f"-I{PROTO}", f"-I{WELL_KNOWN}", *plugins, *outputs, *sources]) != 0:
        raise SystemExit("protoc refused the contract; its findings stand above")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else PROTO.parent)
