"""Errors a user can meet.  Every text ends in what to do about it."""

from __future__ import annotations


class CleanerError(Exception):
    """Base of all expected errors; ``exit_code`` is what the command line returns."""

    exit_code = 2


class ConfigError(CleanerError):
    """A config file, key or value that is wrong."""


class InputError(CleanerError):
    """One input that gives no document; the run goes on with the rest.

    ``stage`` says where it failed (``find``, ``decompress``, ``decode``, ``read`` …).
    """

    exit_code = 3

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(reason)
        self.stage = stage
        self.reason = reason

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str]]:  # to come out of a worker process
        return type(self), (self.stage, self.reason)


def missing_extra(extra: str, what: str, error: ImportError) -> InputError:
    """What to say when ``what`` needs a library that is not installed, which ``extra`` would bring."""
    return InputError("read", f"{what} needs {error.name or 'a library'}: pip install 'article-cleaner[{extra}]'")


class NothingUsableError(CleanerError):
    """No input gave a document."""

    exit_code = 4


class RejectedError(CleanerError):
    """Inputs were rejected where none may be; ``path`` lists them."""

    exit_code = 4

    def __init__(self, number: int, path: str) -> None:
        super().__init__(
            f"--strict allows no rejections, and there are {number:,}: nothing was written. They are in {path}."
        )
        self.number = number
        self.path = path

    def __reduce__(self) -> tuple[type[RejectedError], tuple[int, str]]:
        return type(self), (self.number, self.path)


class ConservationError(Exception):
    """The ledger does not account for a document: a bug of ours, exit code 70."""

    exit_code = 70

    def __init__(self, document_id: str, detail: str) -> None:
        super().__init__(
            f"document {document_id!r}: {detail}. This is a bug in cleaner: please report it with the input."
        )
        self.document_id = document_id
        self.detail = detail

    def __reduce__(self) -> tuple[type[ConservationError], tuple[str, str]]:
        return type(self), (self.document_id, self.detail)
