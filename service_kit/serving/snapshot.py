"""The files that one generation of workers is loaded from, copied once, so that all of them read the same.

A worker that replaces a dead one reads what the others have read, whatever has become of the files since.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from service_kit.problems import Problem, RefusedError
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.settings import FILE_SETTINGS, ServingSettings

_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there is open to nobody else
_MOST_FILES = 10_000
_MOST_BYTES = 256 * 1024 * 1024
_YOUNG_SECONDS = 60


class Snapshot:
    """A private copy of a service's data, its tokens and its certificates, as they are at one moment."""

    def __init__(self, definition: ServiceDefinition, settings: ServingSettings) -> None:
        """Raises RefusedError where there is no room for the copy, or the data are of no sensible size."""
        self._folder = _private_folder()
        self._lock = os.open(self._folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        self._named: dict[str, str] = {}
        self._files = self._bytes = 0
        try:
            self.environment = {
                name: os.pathsep.join(self._copied(part) for part in _parts(told))
                for name, default in definition.data.items()
                if (told := os.environ.get(name) or default)
            }
            """What a worker has to know in place of its supervisor's environment."""
            files = {name: getattr(settings, name) for name in FILE_SETTINGS}
            self.settings = settings.model_copy(
                update={name: Path(self._copied(str(path))) for name, path in files.items() if path}
            )
            """The settings with which a worker finds the copies."""
        except OSError as error:
            self.remove()
            raise RefusedError([_no_room(self._folder, error)]) from None
        except RefusedError:
            self.remove()
            raise

    def as_named(self, problem: Problem) -> Problem:
        """PROBLEM with the files called as the operator calls them."""
        return replace(
            problem,
            place=self._original(problem.place),
            message=self._original(problem.message),
            cure=self._original(problem.cure),
        )

    def remove(self) -> None:
        """Deletes the copies: nobody will load them any more."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)

    def _original(self, words: str) -> str:
        for copy, named in self._named.items():
            words = words.replace(copy, named)
        return words

    def _copied(self, named: str) -> str:
        source = Path(named)
        name = source.name if source.name not in {"", ".."} else "data"
        copy = self._folder / str(len(self._named)) / name
        copy.parent.mkdir()
        if source.is_dir():
            self._copy_tree(source, copy)
        else:
            self._copy(source, copy, named)
        self._named[str(copy)] = named
        return str(copy)

    def _copy_tree(self, source: Path, copy: Path) -> None:
        copy.mkdir()
        for folder, folders, files in os.walk(source):
            there = Path(folder)
            here = copy / there.relative_to(source)
            for name in folders:
                if (there / name).is_symlink():
                    (here / name).symlink_to((there / name).absolute())
                else:
                    (here / name).mkdir()
            for name in files:
                self._copy(there / name, here / name, str(source))

    def _copy(self, source: Path, copy: Path, named: str) -> None:
        """Copies a file. Points at what is none or cannot be read: the worker says what is wrong with it."""
        content = _content(source, _MOST_BYTES - self._bytes + 1)
        self._files += 1
        self._bytes += len(content or b"")
        if self._files > _MOST_FILES or self._bytes > _MOST_BYTES:
            raise RefusedError([_too_much(named)])
        if content is None:
            copy.symlink_to(source.absolute())
        else:
            copy.write_bytes(content)


def sweep() -> None:
    """Deletes the snapshots of supervisors that could not do it themselves: they hold no lock any more."""
    for folder in _place().glob("*"):
        with contextlib.suppress(OSError), _opened(folder) as descriptor:
            if time.time() - os.fstat(descriptor).st_mtime > _YOUNG_SECONDS:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _private_folder() -> Path:
    place = _place()
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        about = place.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        return Path(tempfile.mkdtemp(dir=place))
    except OSError as error:
        raise RefusedError([_no_room(place, error)]) from None


def _place() -> Path:
    """Where this user's snapshots are, and nothing else."""
    # In memory where there is such a place: a private key is not written to another disk.
    above = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    return above / f"huiyin-snapshots-{os.getuid()}"


def _content(file: Path, most: int) -> bytes | None:
    """The bytes of a file, no more than MOST; None where it is none or cannot be read."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return None
        with file.open("rb") as opened:
            return opened.read(most)
    except OSError:
        return None


def _parts(told: str) -> list[str]:
    """The paths that a setting names: one, or several with a separator between them."""
    return [told] if Path(told).exists() else [part for part in told.split(os.pathsep) if part]


def _no_room(place: Path, error: OSError) -> Problem:
    return Problem(
        "K013",
        str(place),
        f"启动时要把数据复制一份，复制不了（{error.strerror}）。",
        "请让这里能写，并腾出空间。",
    )


def _too_much(named: str) -> Problem:
    return Problem(
        "K014",
        named,
        f"这里的文件超过 {_MOST_FILES} 个或 {_MOST_BYTES >> 20} MB，不像是本服务的数据。",
        "请核对路径。",
    )
