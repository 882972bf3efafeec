"""The judge: the probability that a human composed a phrase.

canonical      a phrase -> a Line, free of everything that a file format adds
features*      a Line -> named numbers that a musician understands
likelihood     n-gram language models of human lines, cross-fitted by piece
typicality     distances to the histograms of a composer
negatives/     machine-like lines made from human ones, one family a file
forest, linear the two halves of the model, as plain arrays
gate           how odd a phrase is among human ones, with no negatives at all
calibrate      from scores to probabilities
fit            all of them from human phrases;  weights: the file they are kept in
score          Judge: load, score, explain
"""
