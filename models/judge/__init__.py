"""The judge: the probability that a human composed a phrase.

score          Judge: load, score, explain;  predict, files: files to probabilities;  weights: the file
features/      a phrase -> a Line -> named features that a musician understands
classifier/    forest, regression and networks over the features, anomaly test, calibration
training/      negatives, further generators, cross-fitting, leave-one-family-out, fitting
evaluation/    figures on left-out families and unseen works

Terms: a *line* is a phrase in canonical form (`features.canonical.Line`): notes only, on twelve
steps per beat. A *family* is one way to make machine lines from human ones; related families form a
*cluster*. *The eight* are the eight composers of the challenge. *HCS* is the human probability from
0 to 1.
"""
