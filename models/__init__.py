"""The trained models: composer, reranking critic, judge; and what measures them."""
