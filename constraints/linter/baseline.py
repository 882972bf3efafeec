"""Findings that a project has accepted: they are left out of a report until they change.

    baseline = Baseline.load(path)
    new = baseline.without_accepted(findings)

A baseline is a JSON file of fingerprints, each with how often it is accepted. A fingerprint is made of the
file's name, the rule, the place and the message; a note that moves is a new finding.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from constraints.linter.finding import Finding
from violin.errors import SettingsError

_FORMAT = 1


def fingerprint(finding: Finding) -> str:
    """16 hexadecimal digits that name a finding, the same on every machine."""
    parts = (finding.file.replace("\\", "/"), finding.code, finding.place, finding.message)
    text = "\x00".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:16]


class Baseline:
    """How many findings of each fingerprint are accepted."""

    def __init__(self, accepted: Iterable[str] = ()) -> None:
        self.accepted = Counter(accepted)

    @classmethod
    def load(cls, path: str | Path) -> Baseline:
        """A baseline from its file; SettingsError if the file is not one."""
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            counts = {str(key): int(count) for key, count in content["findings"].items()}
            is_ours = content["violin-baseline"] == _FORMAT
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(
                f"{path}: not a baseline; write one: violin lint … --write-baseline"
            ) from error
        if not is_ours:
            raise SettingsError(f"{path}: a baseline of another format; legal: {_FORMAT}")
        return cls(Counter(counts).elements())

    def add(self, findings: Iterable[Finding]) -> None:
        """Accept findings."""
        self.accepted.update(map(fingerprint, findings))

    def without_accepted(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that are not accepted. Each acceptance counts once over all calls."""
        new = []
        for finding in findings:
            name = fingerprint(finding)
            if self.accepted[name] > 0:
                self.accepted[name] -= 1
            else:
                new.append(finding)
        return new

    def to_json(self) -> bytes:
        """The bytes of a baseline file; the same findings give the same bytes."""
        content = {"violin-baseline": _FORMAT, "findings": dict(sorted(self.accepted.items()))}
        return (json.dumps(content, indent=1) + "\n").encode()
