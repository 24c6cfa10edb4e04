"""Logs as one JSON object a line on standard error: ids, codes and times, never contents."""

import json
import logging
import os
import time
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType

from service_kit.serving.call import Call

_STANDARD_ERROR = 2
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def write_line(line: str) -> None:
    """Writes LINE in one call, so that the lines of several workers never mix; a lost log fails nobody."""
    try:
        os.write(_STANDARD_ERROR, line.encode())
    except OSError:
        return


class CallLog:
    """Writes one line a call."""

    def __init__(self, service: str, level: str) -> None:
        self._all = _LEVELS[level] <= _LEVELS["info"]
        self._failed = _LEVELS[level] <= _LEVELS["warning"]
        # Every part of the line is drawn from a safe alphabet, so that no escaping is needed.
        self._head = f'","service":"{service}","pid":{os.getpid()},"event":"call","request_id":"'

    def write(self, call: Call, code: str, problems: Iterable[str] = ()) -> None:
        """Logs CALL with its status CODE and the codes of its PROBLEMS."""
        good = code == "OK"
        if not (self._all if good else self._failed):
            return
        milliseconds = (time.perf_counter() - call.started) * 1000
        reasons = "" if good else f',"problems":{json.dumps(list(problems)[:20])}'
        write_line(
            f'{{"time":"{_now()}","level":"{"info" if good else "warning"}{self._head}{call.request_id}",'
            f'"caller":"{call.caller.name}","method":"{call.method}","code":"{code}",'
            f'"ms":{milliseconds:.3f}{reasons}}}\n'
        )


class JsonHandler(logging.Handler):
    """Writes what is logged in the same form. Of an exception: its kind and where it arose, not its words,
    which may quote data; at level debug those too.
    """

    def __init__(self, service: str, level: str) -> None:
        super().__init__(_LEVELS[level])
        self._service = service
        self._words = level == "debug"

    def emit(self, record: logging.LogRecord) -> None:
        """Writes RECORD."""
        entry: dict[str, object] = {
            "time": _now(),
            "level": record.levelname.lower(),
            "service": self._service,
            "pid": os.getpid(),
            "event": record.getMessage(),
        }
        entry |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            entry["error"] = _chain(record.exc_info[1], self._words or getattr(record, "words", False))
            entry["stack"] = _stack(record.exc_info[2])
        write_line(json.dumps(entry, ensure_ascii=False) + "\n")


def start_logging(service: str, level: str) -> None:
    """Sends everything this process logs through `JsonHandler`.

    What libraries say of their progress is left out: it is long, and nobody here checks its words.
    """
    handler = JsonHandler(service, level)
    handler.addFilter(lambda record: record.name.startswith("huiyin") or record.levelno >= logging.WARNING)
    logging.basicConfig(handlers=[handler], level=_LEVELS[level], force=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _chain(error: BaseException, words: bool) -> list[str]:
    chain: list[str] = []
    link: BaseException | None = error
    while link is not None and len(chain) < 10:
        kind = f"{type(link).__module__}.{type(link).__qualname__}"
        chain.append(f"{kind}: {link}" if words else kind)
        link = link.__cause__ or link.__context__
    return chain


def _stack(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-40:]]
