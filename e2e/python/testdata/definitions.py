# Prints the functions and classes of each file named on standard input, one JSON
# list a line, as Python's own parser has them: [[name, first, last], ...] in the
# order of their lines. A file that this Python cannot read gives null.
import ast
import json
import sys


def definitions(path):
    with open(path, encoding="utf-8-sig") as f:
        tree = ast.parse(f.read(), path)
    found = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    return sorted([min([n.lineno] + [d.lineno for d in n.decorator_list]), n.end_lineno, n.name] for n in found)


for line in sys.stdin:
    try:
        print(json.dumps(definitions(line.rstrip("\n"))))
    except (SyntaxError, ValueError):
        print("null")
