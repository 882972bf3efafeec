"""Bfloat16 is used only where the hardware multiplies it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.training.precision import processor_has_bfloat16, product_dtype


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("processor\t: 0\nflags\t\t: fpu sse2 avx2 vaes\n", False),
        ("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 avx512_fp16\n", True),
        ("processor\t: 0\nflags\t\t: fpu amx_bf16\n", True),
        ("Features\t: fp asimd bf16\n", True),
        ("model name\t: avx512_bf16\n", False),
        ("", False),
    ],
)
def test_processor_flags(tmp_path: Path, facts: str, expected: bool) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(facts, encoding="utf-8")
    assert processor_has_bfloat16(file) is expected


def test_a_system_without_flags_has_no_bfloat16(tmp_path: Path) -> None:
    assert processor_has_bfloat16(tmp_path / "absent") is False


def test_products_follow_the_device() -> None:
    assert product_dtype("cuda") is torch.bfloat16
    assert product_dtype("cpu") is (torch.bfloat16 if processor_has_bfloat16() else torch.float32)
