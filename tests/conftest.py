"""Generated tests run the same cases each time, and no case fails for the time it takes on a busy machine."""

from hypothesis import settings

from tests.reference.profile import LONG

settings.register_profile("huiyin", derandomize=not LONG, deadline=None, database=None)
settings.load_profile("huiyin")
