"""Command lines that must fail, for `tests/violin/cli/test_failures.py`."""

from __future__ import annotations

# The folder holds good.mid, text.mid (text), odd.mid (a bar that fits no grid), pipe.mid and
# pipe (FIFOs), broken.zip, text.npz, text.safetensors, deep.toml (100,000 brackets), bad.toml, folder/ (one
# good file), empty/ and set/ (a dataset of one file).
IMPOSSIBLE = """
lint missing.mid
lint good.mid --config missing.toml
lint good.mid --config deep.toml
lint good.mid --config bad.toml
lint good.mid --config folder
lint good.mid --given missing.mid
lint good.mid --given text.mid
lint good.mid --given broken.zip
lint good.mid --select ZZZ
lint good.mid --severity C041=loud
lint broken.zip
lint [
lint **a.mid
explain ZZZ
render missing.mid --to mid
render text.mid --to mid
render pipe.mid --to mid
fingering missing.mid
fingering text.mid
fingering pipe.mid
compose missing.mid
compose text.mid
compose odd.mid
compose pipe.mid
compose folder
compose good.mid --composer nobody
compose good.mid --weights missing
compose good.mid --weights text.safetensors
compose good.mid --weights pipe
compose good.mid --out good.mid
compose good.mid --out good.mid/x
compose good.mid --bars 99
compose good.mid --keep-notes 4:1
compose good.mid --redo 4 --keep-notes four
compose good.mid --redo 4 --keep-notes 99:1
evaluate style missing folder --all-weights 1
compose good.mid --range Z G
compose good.mid --range E6 G3
compose good.mid --rhythm-from text.mid
compose good.mid --rhythm-from odd.mid
compose --key H
judge missing.mid
judge good.mid --composer nobody
judge good.mid
judge good.mid --composer bach --weights text.npz
judge good.mid --composer bach --weights pipe
judge good.mid --composer bach --weights folder
judge good.mid --composer bach --out folder
judge good.mid --composer bach --out pipe
judge good.mid --composer bach --out /dev/null
judge good.mid --composer bach --out good.mid/x
judge broken.zip --composer bach
judge empty --composer bach
submit judge missing
submit judge broken.zip
submit judge pipe
submit judge empty
submit judge set --out folder
submit judge set --out pipe
submit judge set --out good.mid/out.zip
submit judge set --out out.zip --weights text.npz --workers 1
submit judge set --out out.zip --work good.mid
submit judge set --out out.zip --key text.npz
submit generator
submit generator missing
submit generator set --out pipe
submit generator set --out folder
submit generator set --out out.zip --device gpu
submit generator set --out out.zip --device cuda:99
submit generator set --out out.zip --device cuda --workers 2
submit generator set --out out.zip --weights text.safetensors --workers 1
submit generator set --out out.zip --mix nonsense
submit generator set --out out.zip --work good.mid
submit generator set --bars 99
verify missing.zip
verify broken.zip
verify pipe
verify good.mid
verify set --dataset missing
novelty missing.mid
novelty empty
novelty broken.zip
novelty good.mid --index text.npz
novelty good.mid --index pipe
novelty good.mid --index folder
novelty good.mid --outer-bars -3
novelty good.mid --top -1
studio missing.mid
studio folder
adapt missing --name own --out own.safetensors
adapt --name own --out own.safetensors
adapt folder --name own --out good.mid
rehearse --out good.mid
rehearse --out rehearsal --corpus missing
rehearse --out rehearsal --corpus text.npz
arena --dataset missing
arena --dataset folder
arena --dataset folder --generators nonsense
prepare --corpus missing
prepare --add folder
prepare --no-music21 --corpus folder
data list --corpus missing
data list --no-music21 --corpus folder
data check --store missing
data check --store text.npz
data check --store pipe.npz
data report --store missing
data report --store text.npz
train composer --config nonsense --run run
train composer --config tiny --data missing --run run --steps 1
train composer --run missing --ship
train preferences --data missing --run run
train preferences --data missing
train judge --data missing
train judge --human missing
train judge --human empty
train critic --data missing --out critic.npz
train critic --data missing
train critic --ship --out critic.npz
train critic --index --out critic.npz
train index --data missing --out index.npz
train index --data missing
train plans
train plans --data missing --out plans.safetensors
train tokens --data missing --out tokens.safetensors
train tokens --data missing
train tokens --weights text.safetensors --out tokens.safetensors
compose good.mid --composer paganni
judge good.mid --composer vivladi
evaluate answers --data missing
evaluate composer --data missing
evaluate style missing folder
evaluate style text.safetensors folder
evaluate style pipe folder
evaluate independent --data missing
evaluate judge --data missing --out report
bench choose --data missing
bench choose --critic text.npz
evaluate sheets --data missing
bench styles --data missing
evaluate sheets --marks text.mid
evaluate sheets --marks text.mid --key text.mid
bench lint --phrases 0
bench lint --rounds 0
bench lint --grow -1
bench compose --weights text.safetensors
bench fingering --corpus folder
bench repertoire --corpus folder
"""

# Something is wrong with one file; the others are processed.
FOUND = """
lint text.mid good.mid
judge text.mid good.mid --composer bach --workers 1
judge odd.mid good.mid --composer bach --workers 1
judge pipe.mid good.mid --composer bach --workers 1
novelty text.mid good.mid
novelty odd.mid good.mid
novelty pipe.mid good.mid
verify folder
"""
