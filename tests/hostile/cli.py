"""The command line, as the attacks meet it: `python -m tests.hostile.cli SECONDS run ...`.

With an alarm after so many seconds, for a run that hangs, and less address space than the machine has. Worker processes
import this module, too: what is poisoned or taken out here, is so in all of them. BROADSHEET_HOSTILE names that.
"""

import os
import resource
import signal
import sys
from typing import Final

from flows.cli import main
from tests.hostile import undone

ADDRESS_BYTES: Final = 24 << 30
"""Of each process, far more than one needs: libraries reserve what they never use."""

undone.do(os.environ.get("BROADSHEET_HOSTILE", ""))

if __name__ == "__main__":
    signal.alarm(int(sys.argv.pop(1)))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_BYTES, ADDRESS_BYTES))
    main()
