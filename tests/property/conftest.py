"""How many examples a property is asked: some in the fast suite, many in the slow one.

Compiling takes seconds the first time, and a busy machine is no bug, so there is no deadline.
"""

import os

from hypothesis import settings

settings.register_profile("fast", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("BROADSHEET_PROPERTIES", "fast"))
