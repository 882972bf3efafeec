"""The public functions of `import violin`. Each loads what it needs when it is called.

`violin/__init__.py` lists the functions and finds them here by name, so `import violin` loads nothing else.
The verbs of the command line call the same functions of the other packages.
"""
