"""Workers that are loaded from the same files: what starts one, and how its starts have gone."""

import time

from service_kit.serving.control import work_order
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.settings import ServingSettings
from service_kit.serving.snapshot import Snapshot
from service_kit.serving.worker_process import WorkerProcess

_LONGEST_BACK_OFF = 30.0
_START_ATTEMPTS = 3


class Generation:
    """One reading of a service's files, and the workers that are loaded from it."""

    def __init__(self, definition: ServiceDefinition, settings: ServingSettings) -> None:
        """Raises RefusedError where the files cannot be copied."""
        self.snapshot = Snapshot(definition, settings)
        self._order = work_order(definition, self.snapshot.settings)
        self._failed_starts = 0
        self._next_start = 0.0

    def start_worker(self) -> WorkerProcess | None:
        """A fresh worker; None while starts have failed too lately."""
        if time.monotonic() < self._next_start:
            return None
        return WorkerProcess(self, self._order, self.snapshot.environment)

    def start_succeeded(self) -> None:
        """A worker of it serves."""
        self._failed_starts = 0

    def start_failed(self) -> None:
        """A worker died before it served; the next is started ever later."""
        self._failed_starts += 1
        back_off = min(_LONGEST_BACK_OFF, 0.25 * 2**self._failed_starts)
        self._next_start = time.monotonic() + back_off

    @property
    def is_hopeless(self) -> bool:
        """Whether its workers have died so often at their start that it will not get better."""
        return self._failed_starts >= _START_ATTEMPTS
