"""The toy service under a supervisor: `python -m tests.service_kit.run_toy READY_FILE [NAME=VALUE...]`."""

import sys
from pathlib import Path

from service_kit.problems import RefusedError
from service_kit.serving.logs import start_logging
from service_kit.serving.settings import load_settings
from service_kit.serving.supervisor import Supervisor
from tests.service_kit.toy import DEFINITION

if __name__ == "__main__":
    arguments = dict(argument.split("=", 1) for argument in sys.argv[2:])
    settings = load_settings(**arguments)
    start_logging(DEFINITION.name, settings.log_level)
    try:
        Supervisor(DEFINITION, settings, Path(sys.argv[1])).run()
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
