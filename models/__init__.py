"""The trained models (composer, reranking critic, judge) and their evaluation."""
