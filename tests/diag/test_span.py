"""Spans agree with the syntax tree and with the bytecode."""

import ast
import dis

from wengert.diag import Span

SOURCE = "def f(é, b):\n    return é * (b +\n        1)\n"


def test_of_node_keeps_the_units_of_ast() -> None:
    node = ast.parse(SOURCE).body[0]
    assert isinstance(node, ast.FunctionDef)
    value = node.body[0].value
    assert Span.of(value, "m.py") == Span("m.py", 2, 11, 3, 10)
    assert Span.of(node.args.args[1], "m.py", "f") == Span("m.py", 1, 10, 1, 11)


def test_equals_the_span_of_the_bytecode() -> None:
    tree = ast.parse(SOURCE)
    code = compile(SOURCE, "m.py", "exec").co_consts[0]
    multiply = next(i.positions for i in dis.get_instructions(code) if i.argrepr == "*")
    assert multiply is not None
    from_code = Span(
        "m.py", multiply.lineno, multiply.col_offset, multiply.end_lineno, multiply.end_col_offset
    )
    assert from_code == Span.of(tree.body[0].body[0].value, "m.py")


def test_function_name_takes_no_part_in_comparison() -> None:
    a, b = Span("m.py", 1, 0, 1, 2, func="f"), Span("m.py", 1, 0, 1, 2)
    assert a == b
    assert hash(a) == hash(b)
    assert a != Span("m.py", 1, 0, 1, 3)


def test_of_code_points_at_the_first_line() -> None:
    span = Span.of_code(compile(SOURCE, "m.py", "exec").co_consts[0])
    assert (span.file, span.line, span.func) == ("m.py", 1, "f")
