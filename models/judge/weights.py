"""The judge's weight file: plain arrays in one npz, versioned, hash-checked, without pickle.

`header` is JSON: the format, the hash of the feature names (must equal the program's), the families
and figures for information, and the sha256 of everything else. The sorted context hashes of the
language models are stored as byte planes of their differences, which deflate compresses to about
two bytes each. The same judge gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_prep.corpus.array_file import read_arrays, read_header
from models.judge.classifier.anomaly import AnomalyTest
from models.judge.classifier.calibration import Platt
from models.judge.classifier.ensemble import Ensemble
from models.judge.features.language_models import ViewpointModel, narrow
from models.judge.features.table import FEATURES_HASH, NAMES, Knowledge
from models.judge.features.typicality import KINDS, Styles
from models.judge.features.viewpoints import VIEWPOINTS, Viewpoint
from violin.errors import WeightsError
from violin.files import read_regular, write_whole

Array = NDArray[Any]
SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "judge.npz"
FORMAT = 3
MAX_BYTES = 64 << 20
_ANOMALY_TEST = "gate."  # prefix of its arrays in a weight file


@dataclass(frozen=True, eq=False)
class Parts:
    """All parts of a judge. `ensembles` and `scales` are by mode name;
    `quantiles` float32[features, 3]: the 10th, 50th and 90th percentile of human lines, for
    explanations."""

    knowledge: Knowledge
    anomaly_test: AnomalyTest
    ensembles: Mapping[str, Ensemble]
    scales: Mapping[str, Platt]
    quantiles: Array
    about: dict[str, Any] = field(default_factory=dict)


def save(parts: Parts, path: str | Path) -> str:
    """Write a weight file and return its sha256."""
    path = Path(path)
    arrays = _arrays(parts)
    header = {
        "format": FORMAT,
        "features": FEATURES_HASH,
        "composers": sorted(parts.knowledge.styles.composers),
        "scales": {mode: [scale.slope, scale.offset] for mode, scale in parts.scales.items()},
        "about": parts.about,
        "sha256": _digest(arrays),
    }
    words = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    data = _packed({"header": words, **arrays})
    write_whole(path, data)
    return hashlib.sha256(data).hexdigest()


def load(path: str | Path | None = None) -> Parts:
    """Read a weight file (None: the shipped one). Raises a one-line WeightsError if it is missing,
    damaged, or made for other features."""
    path = Path(path) if path is not None else None
    file = path or SHIPPED
    try:
        if file.stat().st_size > MAX_BYTES:
            raise WeightsError(f"{file}: larger than {MAX_BYTES >> 20} MiB, so it is not a judge")
        data = read_regular(file)
    except OSError as error:
        raise WeightsError(f"{file}: no judge ({error.strerror}); train one: violin train judge") from error
    try:
        arrays = read_arrays(data)
        header = read_header(arrays.pop("header"))
        if header["format"] != FORMAT:
            raise WeightsError(f"{file}: judge format {header['format']}; legal: {FORMAT}")
        if header["features"] != FEATURES_HASH:
            raise WeightsError(f"{file}: made for other features; train again: violin train judge")
        if header["sha256"] != _digest(arrays):
            raise WeightsError(f"{file}: the weights do not match their hash; the file is damaged")
        return _parts(arrays, header)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise WeightsError(f"{file}: not a judge's weight file ({error})") from error


def _arrays(parts: Parts) -> dict[str, Array]:
    arrays: dict[str, Array] = {"quantiles": parts.quantiles.astype(np.float32)}
    for name, model in parts.knowledge.models.items():
        arrays[f"lm.{name}.context"] = _planes(model.context_key)
        arrays[f"lm.{name}.kinds"] = narrow(model.kinds)
        arrays[f"lm.{name}.token"] = narrow(model.token)
        arrays[f"lm.{name}.count"] = narrow(model.count)
    styles = parts.knowledge.styles
    for kind in KINDS:
        rows = [styles.general[kind], *(styles.composers[one][kind] for one in sorted(styles.composers))]
        arrays[f"style.{kind}"] = np.array(rows).astype(np.float32)
    arrays.update({f"{_ANOMALY_TEST}{name}": array for name, array in parts.anomaly_test.arrays().items()})
    for mode, ensemble in parts.ensembles.items():
        arrays.update({f"mode.{mode}.{name}": array for name, array in ensemble.arrays().items()})
    return arrays


def _parts(arrays: Mapping[str, Array], header: Mapping[str, Any]) -> Parts:
    models = {view.name: _language_model(view, _under(arrays, f"lm.{view.name}.")) for view in VIEWPOINTS}
    rows = {kind: arrays[f"style.{kind}"].astype(np.float64) for kind in KINDS}
    if any(rows[kind].shape != (1 + len(header["composers"]), size) for kind, (size, _) in KINDS.items()):
        raise ValueError("the composers' histograms do not fit together")
    if arrays["quantiles"].shape != (len(NAMES), 3):
        raise ValueError(f"quantiles of shape {arrays['quantiles'].shape}; legal: {(len(NAMES), 3)}")
    general = {kind: table[0] for kind, table in rows.items()}
    composers = {
        composer: {kind: table[1 + index] for kind, table in rows.items()}
        for index, composer in enumerate(header["composers"])
    }
    modes = {mode: Platt(float(slope), float(offset)) for mode, (slope, offset) in header["scales"].items()}
    if not all(math.isfinite(number) for scale in modes.values() for number in (scale.slope, scale.offset)):
        raise ValueError("a scale is not finite")
    prefixes = {mode: f"mode.{mode}." for mode in modes}
    return Parts(
        Knowledge(models, Styles(general, composers)),
        AnomalyTest.from_arrays(_under(arrays, _ANOMALY_TEST)),
        {mode: Ensemble.from_arrays(_under(arrays, prefix)) for mode, prefix in prefixes.items()},
        modes,
        arrays["quantiles"],
        dict(header["about"]),
    )


def _language_model(view: Viewpoint, arrays: Mapping[str, Array]) -> ViewpointModel:
    """Restore from arrays; ValueError if counts and contexts do not match."""
    key = _from_planes(arrays["context"])
    kinds, token, count = (_counts(arrays[name]) for name in ("kinds", "token", "count"))
    fits = len(key) == len(kinds) and kinds.sum() == len(token) == len(count)
    if not fits or (len(kinds) and kinds.min() < 1) or (len(token) and token.max() >= view.alphabet):
        raise ValueError(f"the language model of the {view.words} does not fit together")
    return ViewpointModel(view, key, kinds, token, count)


def _under(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}


def _planes(ascending: Array) -> Array:
    """uint8[4, n]: the differences of ascending uint32 values, one plane per byte."""
    steps = np.diff(ascending.astype(np.uint32), prepend=np.uint32(0)).astype("<u4")
    return np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 4).T)


def _from_planes(planes: Array) -> Array:
    steps = np.ascontiguousarray(planes.T).view("<u4").ravel()
    return np.cumsum(steps, dtype=np.uint32)


def _counts(stored: Array) -> Array:
    """An array of whole numbers from 0, as it is stored; ValueError if it is anything else."""
    if stored.dtype.kind != "u" or stored.ndim != 1:
        raise ValueError(f"counts of type {stored.dtype} and shape {stored.shape}; legal: unsigned, one row")
    return stored


def _digest(arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _packed(arrays: Mapping[str, Array]) -> bytes:
    """An npz whose bytes depend only on the arrays (numpy's own writer stores a time)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, member.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
