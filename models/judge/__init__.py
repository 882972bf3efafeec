"""The judge: the probability that a human composed a phrase.

score          Judge: load, score, explain;  predict, files: files to probabilities;  weights: the file
features/      a phrase -> a Line -> named numbers that a musician understands
classifier/    forest, regression and networks over the features, anomaly test, calibration
training/      negatives and further generators, cross-fitting, leaving families out, fitting it all
evaluation/    how good the judge is on families and works that it has not seen
"""
