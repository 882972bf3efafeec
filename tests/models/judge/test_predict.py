"""Files to verdicts: one file that cannot be judged stops no other."""

from __future__ import annotations

import pytest

from models.judge.files import Found
from models.judge.predict import Question, judge_files
from violin.midi import phrase_bytes
from violin.music import Meter, Note, Phrase

FAR = phrase_bytes(Phrase((Note(0, 69, 48), Note(4_000 * 192, 69, 48)), 4_001))
ODD = phrase_bytes(Phrase((Note(0, 69, 51),), 1, Meter(17, 64), ticks_per_beat=48))


@pytest.mark.parametrize("explain", [False, True])
def test_what_cannot_be_judged_gets_a_half_and_a_reason(tunes: list[Phrase], explain: bool) -> None:
    files = [
        Found("bach/1.mid", "bach", phrase_bytes(tunes[0])),
        Found("bach/2.mid", "bach", FAR),
        Found("bach/3.mid", "bach", ODD),
        Found("bach/4.mid", "bach", b"no music"),
        Found("bach/5.mid", "bach", phrase_bytes(tunes[1])),
    ]
    verdicts = judge_files(Question(explain=explain), files)
    assert [verdict.name for verdict in verdicts] == [found.name for found in files]
    assert [verdict.score for verdict in verdicts[1:4]] == [0.5] * 3
    assert verdicts[1].warning == "bach/2.mid: 4001 bars; legal for the judge: up to 64"
    assert verdicts[2].warning.startswith("bach/3.mid: a bar of 17/64 does not fit the judge's grid")
    assert "bach/4.mid" in verdicts[3].warning
    alone = judge_files(Question(), [files[0]])[0]
    assert verdicts[0].score == pytest.approx(alone.score)
    assert not verdicts[0].warning
    assert bool(verdicts[4].reasons) == explain
