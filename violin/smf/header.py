"""The first bytes of a MIDI file: its header chunk, a RIFF wrapper around it, or another kind of file.

`violin.smf` calls this and then reads the chunks that follow the header.
"""

from __future__ import annotations

from typing import NamedTuple

from violin.smf.track import Defects, Limits

_OTHER_FILES = (
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"PK\x03\x04", "a zip archive (a compressed MusicXML file?)"),
    (b"SMF2CLIP", "a MIDI 2.0 clip file (SMF2CLIP)"),
    (b"XMF_", "an XMF file (eXtensible Music Format)"),
    (b"RIFX", "a RIFF file with big-endian lengths (RIFX)"),
    (b"RIFF", "a RIFF file that is not RMID"),
    (b"FORM", "an IFF file (XMIDI, AIFF)"),
    (b"<?xml", "XML text"),
    (b"fLaC", "FLAC audio"),
    (b"OggS", "Ogg audio"),
    (b"ID3", "MP3 audio"),
    (b"%PDF", "a PDF document"),
)
_LEGAL_FORMATS = "legal: a Standard MIDI File, which begins with 'MThd'"


class Header(NamedTuple):
    """The header's three words, the offset of 'MThd', and where the chunks begin and end.

    `end` is the offset of the first chunk after the header, -1 if there is no header; `limit` is
    where the MIDI data end, in a RIFF wrapper before the end of the file.
    """

    format: int
    tracks: int
    division: int
    offset: int
    end: int
    limit: int


NO_HEADER = Header(0, 0, 0, 0, -1, 0)


def read_header(data: bytes, limits: Limits, defects: Defects) -> Header:
    """The header of a file; `NO_HEADER` and a defect if there is none."""
    if len(data) > limits.file_bytes:
        message = f"the file has more than {limits.file_bytes} bytes; legal: up to {limits.file_bytes}"
        defects.add("S005", message, limits.file_bytes, 0)
        return NO_HEADER
    start, limit = _find_header(data, defects)
    if start < 0:
        return NO_HEADER
    if limit - start < 14:
        defects.add("S003", f"the header chunk is cut short at byte {limit}", start, limit - start)
        return NO_HEADER
    length = int.from_bytes(data[start + 4 : start + 8], "big")
    if length < 6 or start + 8 + length > limit:
        defects.add("S003", f"the header chunk claims {length} bytes; legal: 6", start + 4, 4)
        length = 6
    smf_format, tracks, division = (data[start + i] << 8 | data[start + i + 1] for i in (8, 10, 12))
    if not division or division & 0x8000:
        found = "SMPTE time (frames, no beats)" if division else "0 ticks a beat"
        defects.add("S006", f"the header gives {found}; legal: 1 to 32767", start + 12, 2)
    return Header(smf_format, tracks, division, start, start + 8 + length, limit)


def _find_header(data: bytes, defects: Defects) -> tuple[int, int]:
    """Offset of 'MThd' and of the end of the MIDI data; -1 and a defect S001 if there is none."""
    if data[:4] == b"MThd":
        return 0, len(data)
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        return _unwrap(data, defects)
    defects.add("S001", _not_midi(data), 0, min(len(data), 4))
    return -1, 0


def _not_midi(data: bytes) -> str:
    """What the bytes are instead of a MIDI file."""
    if not data:
        return f"the file is empty; {_LEGAL_FORMATS}"
    head = data[:64]
    kinds = [kind for magic, kind in _OTHER_FILES if data.startswith(magic)]
    is_text = all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
    found = kinds[0] if kinds else "text" if is_text else f"bytes {data[:4].hex(' ')}"
    return f"the file begins with {found}; {_LEGAL_FORMATS}"


def _unwrap(data: bytes, defects: Defects) -> tuple[int, int]:
    """The MIDI file in the 'data' chunk of a RIFF (RMID) wrapper, with a defect S002.

    Lengths in RIFF are little-endian and odd chunks have a byte of padding. Chunks before and after
    the data are skipped. A sound bank (DLS) among them replaces the sounds of General MIDI, so
    the file sounds different without its wrapper.
    """
    start, limit, has_bank = -1, 0, False
    position = 12
    while position + 8 <= len(data):
        name = data[position : position + 4]
        body = position + 8
        length = int.from_bytes(data[position + 4 : body], "little")
        if start < 0 and name == b"data" and data[body : body + 4] == b"MThd":
            start, limit = body, min(body + length, len(data))
        has_bank = has_bank or (name in (b"RIFF", b"LIST") and data[body : body + 4] == b"DLS ")
        position = body + length + (length & 1)
    if start < 0:
        message = "a RIFF wrapper with no MIDI file in it"
        defects.add("S001", f"{message}; {_LEGAL_FORMATS}", 0, min(len(data), 4))
        return -1, 0
    message = "a MIDI file inside a RIFF (RMID) wrapper" + (" with a sound bank (DLS)" if has_bank else "")
    defects.add("S002", f"{message}; legal: a bare MIDI file", 0, start, is_ambiguous=has_bank)
    return start, limit
