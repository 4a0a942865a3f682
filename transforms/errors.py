"""Every error that Broadsheet raises, as one tree.

    BroadsheetError
    ├── UsageError            exit 2   an argument, a setting or a path is wrong
    │   ├── NotALake                   the lake folder holds something else
    │   └── RulesChanged               the lake was made under other rules
    ├── DumpRefused           exit 2   one dump cannot be read; the others go on
    ├── AuditFailed           exit 3   a critical expectation failed or errored, or too much would be quarantined
    ├── Unreachable           exit 1   object storage does not answer, or says no
    ├── NoRoom                exit 1   the disk cannot hold what is to be done
    ├── LakeBusy              exit 4   another run holds the lake
    │   └── CommitConflict             another run published first; what was made of the older snapshot no longer holds
    └── LakeDamaged           exit 5   a manifest or part is missing or does not match its digest

A record that cannot be admitted is no error: it becomes a quarantine row (see `transforms.article.Reason`).
"""


class BroadsheetError(Exception):
    """Say in one sentence what is wrong, with the number that shows it and the next step."""

    exit_code = 1


class UsageError(BroadsheetError):
    """Raised when an argument, a setting or a path is wrong."""

    exit_code = 2


class NotALake(UsageError):
    """Raised when the folder given as the lake holds something else."""


class RulesChanged(UsageError):
    """Raised when a run's rules differ from those that the lake's rows were made under."""


class DumpRefused(BroadsheetError):
    """Raised when a whole dump cannot be read; it stays unconsumed and the other dumps go on."""

    exit_code = 2


class AuditFailed(BroadsheetError):
    """Raised when a night is not fit to be published; `report` tells what the run did until then."""

    exit_code = 3

    def __init__(self, sentence: str, report: object) -> None:
        super().__init__(sentence)
        self.report = report


class Unreachable(BroadsheetError):
    """Raised when object storage does not answer, or refuses the credentials."""


class NoRoom(BroadsheetError):
    """Raised when the disk has clearly less room than the work needs."""


class LakeBusy(BroadsheetError):
    """Raised when another run holds the lake's lock."""

    exit_code = 4


class CommitConflict(LakeBusy):
    """Raised when another run published first; the work is to be done again on what it published."""


class LakeDamaged(BroadsheetError):
    """Raised when a manifest or part is missing or does not match its digest."""

    exit_code = 5
