"""The judge: the probability that a human composed a phrase.

canonical      a phrase -> a Line, free of everything that a file format adds
bars           the bars of a line, to be compared;  viewpoints: a line as sequences of tokens
features*      a Line -> named numbers that a musician understands
likelihood     n-gram language models of human lines, cross-fitted by piece
typicality     distances to the histograms of a composer
negatives/     machine-like lines made from human ones, one family a file
generators/    further generators, which the open mode alone learns from
examples, gather, shelf   lines drawn, measured without what may not be known, kept on disk
standard, linear, net, forest   the members of the model, as plain arrays;  ensemble: all of them
gate           how odd a phrase is among human ones, with no negatives at all
transformer, second_stage   the composer's own transformer as a second opinion, optional
calibrate      from scores to probabilities
fit            all of them from human phrases;  weights: the file they are kept in
protocol, evaluation, figures, report   families left out, and what comes of it
score          Judge: load, score, explain
"""
