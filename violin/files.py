"""Files: atomic writing, safe reading, and hashes of their contents."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

from violin.errors import OutputError

_LONGEST_STEM = 100  # characters of a file's name that its temporary neighbour repeats


def read_regular(path: str | Path, most_bytes: int = -1) -> bytes:
    """The bytes of a file, at most `most_bytes` if that is not negative.

    OSError if it cannot be read, also if it is a pipe or a device: reading one may never end.
    """
    path = Path(path)
    if not stat.S_ISREG(path.stat().st_mode):
        kind = errno.EISDIR if path.is_dir() else errno.EINVAL
        reason = "it is a folder" if path.is_dir() else "it is a pipe or a device"
        raise OSError(kind, reason, str(path))
    with path.open("rb") as file:
        return file.read(most_bytes)


def file_digest(path: str | Path) -> str:
    """The sha256 of a file in hexadecimal; 'absent' if it is missing or cannot be read."""
    path = Path(path)
    try:
        return hashlib.sha256(read_regular(path)).hexdigest()
    except OSError:
        return "absent"


def write_whole(path: str | Path, data: bytes, *, sync: bool = True) -> None:
    """Put bytes at a path: readers see the old contents or the new ones, never a part.

    The bytes go to a temporary file in the same folder, which is then renamed. Missing folders are
    made. A symbolic link stays and its target is replaced.
    `sync` makes the bytes survive a power cut; a cache or one of thousands of files can do without.
    OutputError if the disk is full, the folder cannot be written, or the path is a folder, a device
    or a pipe; nothing is left behind then.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_whole(folder / "new" / "a.txt", b"whole")
    >>> (folder / "new" / "a.txt").read_bytes()
    b'whole'
    """
    path = Path(path)
    try:
        if path.is_symlink():
            path = path.resolve()
        _refuse_special(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = _aside(path)
        try:
            with aside.open("wb") as file:
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _output_error(path, error) from error


def write_text_whole(path: str | Path, text: str) -> None:
    """As `write_whole`, for text in UTF-8."""
    path = Path(path)
    write_whole(path, text.encode())


def check_writable(path: str | Path) -> None:
    """OutputError if no file can be written to `path`. Call it before long work."""
    path = Path(path)
    try:
        _refuse_special(path)
        aside = _aside(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.touch()
        aside.unlink()
    except OSError as error:
        raise _output_error(path, error) from error


def _refuse_special(path: Path) -> None:
    """OutputError if the path exists and is not a regular file."""
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path}: is a device or a pipe; name a file")


def _output_error(path: Path, error: OSError) -> OutputError:
    folder = path.parent
    reason = f"{folder} is not a folder" if isinstance(error, FileExistsError) else error.strerror or error
    return OutputError(f"{path}: cannot be written: {reason}")


def _aside(path: Path) -> Path:
    """The temporary neighbour of a file: each process has its own."""
    return path.with_name(f".{path.name[:_LONGEST_STEM]}.{os.getpid()}.part")
