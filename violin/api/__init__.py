"""The public face: what `import violin` offers. Each function loads what it needs when it is called.

`violin/__init__.py` names the functions and finds them here by name, so that `import violin` loads nothing
else. The command line's verbs call the same functions of the rooms.
"""
