"""The routes of the studio, one file per subject; each has a function `routes(studio)`."""
