"""The addresses of the studio, one file a subject; each has a function `routes(studio)`."""
