"""What a supervisor and its worker say to each other, over a channel that keeps messages apart.

The supervisor sends what to serve, then probes, and that others have taken over; the worker answers each
probe, and says when it is ready, or why it refuses. The end of the channel is the end of the
other side.
"""

import json
from collections.abc import Iterable

from service_kit.problems import Problem
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.settings import ServingSettings

PROBE, LEAVE, ALIVE, READY, REFUSED = b"?", b"L", b"!", b"R", b"X"
LONGEST_MESSAGE = 128 * 1024
_MOST_PROBLEMS = 50
_LONGEST_WORDS = 300


def work_order(definition: ServiceDefinition, settings: ServingSettings) -> bytes:
    """The message that tells a worker what to serve."""
    order = {"definition": definition.to_json(), "settings": settings.model_dump(mode="json")}
    return json.dumps(order).encode()


def read_work_order(message: bytes) -> tuple[ServiceDefinition, ServingSettings]:
    """Reads what `work_order` wrote."""
    order = json.loads(message)
    return ServiceDefinition.from_json(order["definition"]), ServingSettings(**order["settings"])


def refusal(problems: Iterable[Problem]) -> bytes:
    """The message that tells why a worker cannot serve."""
    fields = [
        (it.code, *(words[:_LONGEST_WORDS] for words in (it.place, it.message, it.cure))) for it in problems
    ]
    return REFUSED + json.dumps(fields[:_MOST_PROBLEMS], ensure_ascii=False).encode()


def read_refusal(message: bytes) -> tuple[Problem, ...]:
    """The problems in a message that begins with REFUSED."""
    return tuple(Problem(*fields) for fields in json.loads(message.removeprefix(REFUSED)))
