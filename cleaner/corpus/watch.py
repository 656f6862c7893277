"""What a worker does about documents that may kill it: a note of the one in hand, and limits.

The limits end the process.  Nothing less is sure to stop a parser written in C, and whoever reads
the note of a dead worker knows which document did it.  Time is kept by the kernel's interval
timers, whose signals end a process wherever it is; memory by its limit on data, from which
``MemoryError`` comes.  Where a system has neither (Windows), only deaths are noticed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from cleaner.corpus import storage
from cleaner.corpus.storage import is_url
from cleaner.readers.remote import Place
from cleaner.settings import Limits

OUT_OF_MEMORY = 77
"""The exit code of a worker that came to the limit on memory."""
PATIENCE = 10
"""A document may take so many times the limit on processor time by the clock: it may wait for a disk."""
_ENDING = ".in-hand"
_NOTE = 32  # bytes: two numbers and a line end


class Watch:
    """Notes, in a file beside a task's output, which document is in hand, and arms the limits for it.

    Each use of a :class:`Watch` on the same output adds a note of its own, so that the notes of
    workers that died stay; a use that ends takes the file away.
    """

    def __init__(self, output: str, limits: Limits) -> None:
        self._path = _notes(output)
        self._limits = limits
        self._file = -1
        self._at = 0

    def __enter__(self) -> Watch:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        self._at = os.fstat(self._file).st_size
        _let_timers_kill()
        _limit_memory(self._limits.memory_mb)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None and issubclass(kind, MemoryError):
            os._exit(OUT_OF_MEMORY)
        _limit_memory(0)
        os.close(self._file)
        self._path.unlink(missing_ok=True)

    @contextmanager
    def over(self, source: int, number: int, size: int) -> Iterator[None]:
        """While document ``number`` of a task's input ``source`` is in hand; ``size`` is about its bytes."""
        os.lseek(self._file, self._at, os.SEEK_SET)
        os.write(self._file, b"%15d %15d\n" % (source, number))
        self.allow(size)
        try:
            yield
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        finally:
            _arm(0)

    def allow(self, size: int) -> None:
        """Give what is in hand the time, from now on, for so many bytes: it turned out to be of another size."""
        _arm(self._limits.seconds * (1 + size / 1_000_000))


def deaths(output: str) -> list[tuple[int, int]]:
    """The documents (input, number) that the workers on this output had in hand when they died."""
    try:
        notes = _notes(output).read_bytes()
    except FileNotFoundError:
        return []
    return [(int(note[:15]), int(note[15:])) for note in notes.splitlines() if len(note) == _NOTE - 1]


def take(output: str) -> tuple[tuple[int, int], ...]:
    """The same, and their notes are taken away."""
    found = tuple(deaths(output))
    _notes(output).unlink(missing_ok=True)
    return found


def forget_all(folder: Place) -> None:
    """Take all notes away, of outputs in one folder, that are on this machine."""
    for path in _near(folder).glob(f"*{_ENDING}"):
        path.unlink(missing_ok=True)


def reason(exit_code: int | None, limits: Limits) -> str:
    """For people: why a document whose worker died is rejected."""
    from cleaner.engines.protocol import cause_of_death

    if exit_code == OUT_OF_MEMORY:
        return f"cleaning it takes more than {limits.memory_mb:,} MB of memory: raise limits.memory_mb, or split it"
    if exit_code is not None and -exit_code in _TIMERS:
        return f"cleaning it takes more than {limits.seconds:g} s and as much for each MB: raise limits.seconds"
    return f"the process that cleaned it died, twice ({cause_of_death(exit_code)})"


def _notes(output: str) -> Path:
    return _near(output + _ENDING)


def _near(place: Place) -> Path:
    """Where notes are written: they must outlive a worker, not a machine."""
    return storage.scratch(place) if is_url(place) else Path(place)


_HAS_TIMERS = hasattr(signal, "setitimer")
_TIMERS = {getattr(signal, name, None) for name in ("SIGPROF", "SIGALRM")} - {None}


def _let_timers_kill() -> None:
    """Whoever started this process may have said that their signals are ignored or handled."""
    if _HAS_TIMERS:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _arm(seconds: float) -> None:
    """Let the kernel end this process after so much processor time, or ten times as much by the clock; 0: never."""
    if not _HAS_TIMERS:
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)


def _limit_memory(megabytes: int) -> None:
    """Let this process have so much more memory than it has now; 0: as much as there is."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        soft = hard
        if megabytes:
            pages = int(Path("/proc/self/statm").read_text().split()[5])
            soft = pages * resource.getpagesize() + megabytes * 1_000_000
            soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
