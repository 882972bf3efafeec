"""Reads the arrays of an npz file that may be damaged or malicious.

`numpy.load` allocates what a header claims, returns the bytes of members that are not arrays, and raises a
dozen kinds of errors. Here every fault of a file is a ValueError.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

MOST_BYTES = 1 << 30
_ENDING = ".npy"
_MOST_HEADER_BYTES = 4_096


def read_arrays(data: bytes, most_bytes: int = MOST_BYTES) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file by name. ValueError if it is damaged, holds anything but arrays of numbers
    and text, unpacks to more than `most_bytes`, or a number is not finite.

    >>> packed = io.BytesIO()
    >>> np.savez(packed, steps=np.arange(3))
    >>> read_arrays(packed.getvalue())
    {'steps': array([0, 1, 2])}
    """
    try:
        if not data.startswith(b"PK"):  # zipfile would skip bytes in front of an archive
            raise ValueError("it does not begin as an npz file does")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > most_bytes:
                raise ValueError(f"it unpacks to more than {most_bytes >> 20} MiB")
            return {_name(member): _array(_name(member), archive.read(member)) for member in members}
    except ValueError:
        raise
    except Exception as error:  # zipfile, zlib and numpy raise many kinds at a damaged file
        raise ValueError(str(error) or type(error).__name__) from error


def read_header(array: NDArray[Any]) -> dict[str, Any]:
    """The JSON object in an array of bytes; ValueError if there is none."""
    try:
        header = json.loads(array.tobytes())
    except RecursionError:
        raise ValueError("its header is nested too deeply") from None
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    return header


def _name(member: zipfile.ZipInfo) -> str:
    if not member.filename.endswith(_ENDING):
        raise ValueError(f"the member {member.filename[:40]!r} is not an array")
    return member.filename.removesuffix(_ENDING)


def _array(name: str, data: bytes) -> NDArray[Any]:
    stream = io.BytesIO(data)
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, is_fortran, dtype = read(stream, max_header_size=_MOST_HEADER_BYTES)
    if dtype.hasobject:
        raise ValueError(f"the array {name!r} holds objects; legal: numbers and text")
    start = stream.tell()
    size = len(data) - start
    if math.prod(shape) * dtype.itemsize != size or not dtype.itemsize:
        raise ValueError(f"the array {name!r} has {size} bytes, which do not fit its shape {shape}")
    flat = np.frombuffer(data, dtype, offset=start) if size else np.empty(0, dtype)
    array = flat.reshape(shape, order="F" if is_fortran else "C")
    if dtype.kind in "fc" and not np.isfinite(array).all():
        raise ValueError(f"the array {name!r} holds a number that is not finite")
    return array
