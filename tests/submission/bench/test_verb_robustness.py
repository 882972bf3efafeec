from __future__ import annotations

import pytest

from constraints.bench.malformed_midi import kinds
from constraints.bench.structured_midi import structured_files
from submission.bench.verb_robustness import attempts, try_verbs
from violin.errors import MidiError


def test_no_verb_fails_on_malformed_and_extreme_files() -> None:
    small = [(kind.name, data) for kind in kinds() if len(data := kind.build()) < 20_000]
    small += [(f"extreme {number}", data) for number, data in enumerate(structured_files(25, seed=3))]
    result = try_verbs((name, data) for name, data in small if len(data) < 20_000)
    assert not [fault for fault in result.faults if not fault.endswith(" s")]
    assert all(worst.files > 20 for worst in result.worst.values())
    assert set(result.worst) == {"lint", "compose", "judge", "novelty", "verify", "fingering"}


def test_an_unforeseen_error_is_a_fault_and_stops_nothing() -> None:
    def fails(data: bytes, name: str) -> None:
        raise MidiError(name) if data == b"foreseen" else ZeroDivisionError("oops")

    result = try_verbs([("a.mid", b"foreseen"), ("b.mid", b"other"), ("c.mid", b"foreseen")], {"verb": fails})
    assert result.faults == ["verb b.mid: ZeroDivisionError: oops"]
    assert (result.worst["verb"].files, result.worst["verb"].refused) == (3, 2)


@pytest.mark.parametrize("verb", ["compose", "judge", "fingering"])
def test_each_verb_reads_a_good_file(verb: str) -> None:
    from constraints.bench.malformed_midi import good_phrase
    from violin.midi import phrase_bytes

    attempts()[verb](phrase_bytes(good_phrase()), "good.mid")
