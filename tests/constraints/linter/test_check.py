"""check_bytes and check_phrase: order, places, severities; the organisers' samples."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from constraints.bench.malformed_midi import good_files
from constraints.bench.mutations import mutations
from constraints.linter.check import check_bytes, check_phrase, errors
from constraints.linter.finding import Severity
from constraints.linter.fix import fix_bytes
from constraints.linter.selection import Selection
from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase
from violin.pair import outer_pair, read_pair

CLEAN = Phrase(tuple(Note(bar * 192, 69 + bar % 3, 192) for bar in range(8)), 8, key=Key())
NUMBERS = ("001", "002", "003", "004")


def codes(findings: list) -> set[str]:  # type: ignore[type-arg]
    return {finding.code for finding in findings}


def test_a_written_phrase_is_clean() -> None:
    assert check_phrase(CLEAN) == []


def test_reading_checking_and_fixing_make_no_reference_cycles() -> None:
    """That is why `violin lint` has Python look for them rarely."""

    def work() -> None:
        for data in (*good_files(), *mutations(50, seed=2)):
            check_bytes(data, name="a.mid")
            fix_bytes(data, name="a.mid", unsafe=True)

    work()  # the first time modules are imported and tables made
    gc.collect()
    work()
    assert gc.collect() == 0


def test_errors_come_first_then_places_in_order() -> None:
    notes = (
        *CLEAN.notes[:7],
        Note(7 * 192, 54, 48),
        Note(3 * 192 + 120, 57, 24),
        Note(3 * 192 + 120, 59, 24),
    )
    findings = check_phrase(Phrase(notes, 8))
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities, reverse=True)
    assert [(f.code, f.place) for f in errors(findings)] == [
        ("P001", "bar 4 beat 3.5"),
        ("C041", "bar 8 beat 1"),
    ]


def test_places_follow_the_meter() -> None:
    notes = [Note(bar * 144, 69, 144) for bar in range(7)]
    phrase = Phrase((*notes, Note(7 * 144 + 48, 30, 96)), 8, Meter(3, 4))
    [finding] = [finding for finding in check_phrase(phrase) if finding.code == "C042"]
    assert (finding.bar, finding.beat) == (8, 2.0)
    assert finding.byte_offset is not None
    assert phrase_bytes(phrase)[finding.byte_offset :][:2] == bytes((0x90, 30))


def test_a_broken_file_gets_only_findings_of_its_structure() -> None:
    data = phrase_bytes(CLEAN)[:40]
    findings = check_bytes(data, name="a.mid")
    assert findings
    assert all(finding.code.startswith("S") for finding in findings)


@pytest.mark.parametrize("data", [b"", b"MThd", b"hello", bytes(range(256)) * 4])
def test_any_bytes_end_in_a_finding(data: bytes) -> None:
    assert errors(check_bytes(data, name="a.mid"))


def test_lowest_pitch_43_allows_what_item_4_says() -> None:
    low = Phrase((Note(0, 43, 192), *CLEAN.notes[1:]), 8, key=Key())
    assert codes(check_phrase(low)) == {"C041"}
    assert check_phrase(low, selection=Selection(lowest_pitch=43)) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_official_inputs_have_no_error_as_prompts(official_samples: Path, number: str) -> None:
    data = (official_samples / "generator_input" / f"phrase_{number}.mid").read_bytes()
    assert errors(check_bytes(data, name=number, profile="prompt")) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_official_inputs_as_submissions(official_samples: Path, number: str) -> None:
    data = (official_samples / "generator_input" / f"phrase_{number}.mid").read_bytes()
    found = codes(check_bytes(data, name=number))
    assert {"C011", "C023", "C061", "C062", "C091", "N007"} <= found
    assert ("C051" in found) == (number == "001")


@pytest.mark.parametrize("number", NUMBERS)
def test_safe_fixes_leave_what_is_unsafe(official_samples: Path, number: str) -> None:
    data = (official_samples / "generator_input" / f"phrase_{number}.mid").read_bytes()
    result = fix_bytes(data, name=number)
    assert not result.refused
    left = check_bytes(result.data, name=number)
    worse_than_info = {finding.code for finding in left if finding.severity > Severity.INFO}
    assert worse_than_info == {"C061", "C091"} | ({"C051"} if number == "001" else set())


@pytest.mark.parametrize("number", NUMBERS)
def test_the_baselines_answers_show_their_faults(official_samples: Path, number: str) -> None:
    data = (official_samples / "generator_output" / f"phrase_{number}.mid").read_bytes()
    given = read_pair(official_samples / "generator_input" / f"phrase_{number}.mid")
    findings = check_bytes(data, name=number, given=given)
    assert {"C011", "C012", "C082", "C092", "C113"} <= codes(findings)
    assert "C111" not in codes(findings)
    tied = [finding.place for finding in findings if finding.code == "C112"]
    assert tied == (["bar 8 beat 1"] if number == "003" else [])
    left = check_bytes(fix_bytes(data, name=number, given=given, unsafe=True).data, name=number, given=given)
    assert codes(left) <= {"P007"}


def test_a_warning_that_the_given_bars_get_alone_is_an_info() -> None:
    """An answer must repeat them, so an entrant can do nothing about it."""
    high, low = Note(0, 102, 192), CLEAN.notes[1:]
    given = outer_pair(Phrase((high, *low), 8, key=Key()))
    (inherited,) = check_phrase(Phrase((high, *low), 8, key=Key()), given=given)
    assert (inherited.code, inherited.severity, inherited.bar) == ("P008", Severity.INFO, 1)
    assert inherited.message.endswith("(in the given bars)")
    composed = Phrase((high, *low[:3], Note(4 * 192, 103, 192), *low[4:]), 8, key=Key())
    (own,) = check_phrase(composed, given=given)
    assert (own.severity, own.places) == (Severity.WARNING, 2)
