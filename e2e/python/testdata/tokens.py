# Prints the tokens of each file named on standard input, one JSON list a line,
# as Python's own tokenize module cuts them: [[kind, text, line], ...].
# A file that this Python cannot read gives null.
import io
import json
import sys
import tokenize

KINDS = {"NEWLINE": "newline", "INDENT": "indent", "DEDENT": "dedent", "NAME": "name",
         "NUMBER": "number", "STRING": "string", "OP": "op", "ENDMARKER": "end"}
STARTS = {"FSTRING_START", "TSTRING_START"}
ENDS = {"FSTRING_END", "TSTRING_END"}


def text_between(lines, start, end):
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1]:end[1]]
    parts = [lines[start[0] - 1][start[1]:]]
    parts += lines[start[0]:end[0] - 1]
    parts.append(lines[end[0] - 1][:end[1]])
    return "".join(parts)


def tokens(path):
    with open(path, encoding="utf-8-sig") as f:
        source = f.read()
    compile(source, path, "exec")
    lines = source.splitlines(keepends=True) if "\f" not in source else source.split("\n")
    if "\f" in source:
        lines = [line + "\n" for line in lines]
    out, depth, begin = [], 0, None
    for t in tokenize.generate_tokens(io.StringIO(source).readline):
        name = tokenize.tok_name[t.type]
        if name in STARTS:
            if depth == 0:
                begin = t.start
            depth += 1
        elif name in ENDS:
            depth -= 1
            if depth == 0:
                out.append(["string", text_between(lines, begin, t.end), begin[0]])
        elif depth == 0 and name in KINDS:
            kind = KINDS[name]
            out.append([kind, "" if kind in ("indent", "dedent", "newline", "end") else t.string, t.start[0]])
    return out


for line in sys.stdin:
    try:
        print(json.dumps(tokens(line.rstrip("\n"))))
    except Exception:
        print("null")
