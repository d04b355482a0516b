"""Accuracy against mpmath, the special cases of IEEE against NumPy, and whether loops really vectorise."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import mpmath as mp
import numpy as np
import pytest

from wengert.emit import vmath
from wengert.runtime.compile import target_machine

BINARY = {"pow", "atan2", "hypot"}
NAMES = sorted(vmath.NAMES)
UNARY = [n for n in NAMES if n not in BINARY]
NUMPY = {n: f"arc{n[1:]}" for n in ("asin", "acos", "atan", "asinh", "acosh", "atanh", "atan2")}
#: Largest error seen in long runs, rounded up, in units in the last place.
ULP = dict.fromkeys(NAMES, 1.0) | dict(
    expm1=2, sinh=2, cosh=1.5, asin=2, acos=1.5, atan=1.5, asinh=2, acosh=2.5
)
ULP |= dict(atanh=2, atan2=1.5, erf=1.5, erfc=3)
COUNT = 150


def loop(name: str, dtype: str = "f64", body: str = "") -> str:
    """A loop that stores ``name`` of each element of one or two arrays."""
    t = "double" if dtype == "f64" else "float"
    args = ["a", "b"] if name in BINARY else ["a"]
    params = "".join(f", ptr noalias %{a}" for a in args)
    load = "".join(
        f"  %{a}p = getelementptr {t}, ptr %{a}, i64 %i\n  %{a}v = load {t}, ptr %{a}p\n" for a in args
    )
    call = body or f"  %r = call {t} @wg_{name}_{dtype}({', '.join(f'{t} %{a}v' for a in args)})\n"
    return (
        f"define void @loop_{name}(i64 %n{params}, ptr noalias %o) {{\nentry:\n  br label %body\nbody:\n"
        f"  %i = phi i64 [ 0, %entry ], [ %next, %body ]\n{load}{call}"
        f"  %op = getelementptr {t}, ptr %o, i64 %i\n  store {t} %r, ptr %op\n  %next = add i64 %i, 1\n"
        "  %more = icmp ult i64 %next, %n\n  br i1 %more, label %body, label %done\ndone:\n  ret void\n}\n"
    )


def compiled(text: str, features: str | None = None, cpu: str = "") -> tuple[Any, str]:
    """The engine and the optimised text: O3, loops vectorised, SLP off."""
    module = llvm.parse_assembly(text)
    machine = target_machine()
    if features is not None:
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(cpu=cpu, features=features, opt=3, jit=True)
    module.triple = llvm.get_process_triple()
    module.data_layout = str(machine.target_data)
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.loop_interleaving = tuning.loop_unrolling = True
    tuning.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    text = str(module)
    if features is not None:
        return None, text
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine, text


@cache
def library(dtype: str, fma: bool) -> tuple[Any, dict[str, Callable[..., Any]], str]:
    """All functions over arrays, and the optimised text."""
    text = vmath.source(NAMES, ["f64", dtype], fma=fma) + "".join(loop(n, dtype) for n in NAMES)
    engine, ir = compiled(text)
    real = np.float64 if dtype == "f64" else np.float32

    def wrap(name: str) -> Callable[..., Any]:
        pointers = [ctypes.c_void_p] * (3 if name in BINARY else 2)
        f = ctypes.CFUNCTYPE(None, ctypes.c_int64, *pointers)(engine.get_function_address(f"loop_{name}"))

        def call(*xs: Any) -> Any:
            arrays = [np.ascontiguousarray(x, real) for x in xs]
            y = np.empty_like(arrays[0])
            f(y.size, *(a.ctypes.data for a in arrays), y.ctypes.data)
            return y

        return call

    return engine, {n: wrap(n) for n in NAMES}, ir


def _samples(name: str) -> list[tuple[Any, ...]]:
    rng = np.random.default_rng(sum(map(ord, name)))

    def flat(lo: float, hi: float) -> Any:
        return rng.uniform(lo, hi, COUNT)

    def powers(lo: float, hi: float, signed: bool = True) -> Any:
        return np.exp2(flat(lo, hi)) * (rng.choice([-1.0, 1.0], COUNT) if signed else 1.0)

    if name in ("exp", "exp2", "expm1", "sinh", "cosh", "tanh"):
        top = 1023 if name == "exp2" else 22 if name == "tanh" else 709
        low = -1075 if name == "exp2" else -745 if name == "exp" else -top
        return [(flat(low, top),), (flat(-1.5, 1.5),), (powers(-60, 3),), (flat(low, 0.95 * low),)]
    if name.startswith("log"):
        near = [(1 + powers(-52, -1),), (flat(0.5, 2),)]
        if name == "log1p":
            near = [(powers(-60, -1),), (flat(-0.9, 2),), (powers(-53, -1, False) - 1,)]
        return [(powers(-1074, 1024, False),), *near]
    if name in ("sin", "cos", "tan"):
        multiples = np.rint(powers(0, 38)) * (np.pi / 2)
        return [(flat(-10, 10),), (powers(-1074, 1024),), (powers(-30, 41),), (multiples,)]
    if name in ("asin", "acos", "atanh"):
        return [(flat(-1, 1),), (powers(-60, 0),), (1 - powers(-53, -1, False),)]
    if name == "acosh":
        return [(flat(1, 3),), (1 + powers(-52, 0, False),), (powers(0, 1024, False),)]
    if name in ("erf", "erfc"):
        return [(flat(-6, 6 if name == "erf" else 27),), (powers(-60, 3),), (flat(-1.5, 1.5),)]
    if name == "pow":
        integral = np.rint(flat(-200, 200))
        return [
            (powers(-1074, 1024, False), powers(-10, 9)),
            (flat(0.5, 2), flat(-1000, 1000)),
            (1 + powers(-52, -10), powers(0, 60)),
            (powers(0, 5), integral),
        ]
    wide = [flat(-3, 3), powers(-60, 60), powers(-1074, 1023)]
    other = [flat(-3, 3), powers(-60, 60), powers(-1074, 1023)]
    return list(zip(wide, other, strict=True)) if name in BINARY else [(x,) for x in wide]


def _exact(name: str, x: tuple[float, ...]) -> Any:
    v = [mp.mpf(float(t)) for t in x]
    far = name in ("sin", "cos", "tan") and abs(v[0]) > 2**60
    with mp.workprec(1300 if far else 400):
        if name in ("log2", "log10"):
            return mp.log(v[0]) / mp.log(int(name[3:]))
        if name == "exp2":
            return mp.power(2, v[0])
        if name == "pow":
            return mp.power(*v)
        if name == "cbrt":
            return mp.sign(v[0]) * mp.cbrt(abs(v[0]))
        return getattr(mp, name)(*v)


def _ulps(y: float, exact: Any) -> float:
    nearest = float(exact)
    if not np.isfinite(nearest) or not np.isfinite(y):
        return 0.0 if y == nearest else np.inf
    return float(abs(mp.mpf(float(y)) - exact) / mp.mpf(float(np.spacing(abs(nearest)))))


@pytest.mark.parametrize("fma", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_accuracy(name: str, fma: bool) -> None:
    f = library("f64", fma)[1][name]
    for xs in _samples(name):
        ys = f(*xs)
        errors = [_ulps(y, _exact(name, x)) for y, *x in zip(ys, *xs, strict=True)]
        worst = int(np.argmax(errors))
        assert errors[worst] <= ULP[name], [x[worst] for x in xs]


EDGES = np.array(
    """0 inf nan 5e-324 1e-310 2.2250738585072014e-308 1e-300 1e-17 0.5 0.9999999999999999 1
    1.0000000000000002 2 3 7 8 22 700 708.4 709.782712893384 709.7827128933841 710.4758600739439
    710.475860073944 745.1332191019411 745.1332191019412 1022 1023.5 1024 1074 1074.5 1075 1075.1 1e5
    1e16 9007199254740991 1e22 1099511627776 1099511627777 1e300 1.7976931348623157e308""".split(),
    np.float64,
)
EDGES = np.concatenate([EDGES, -EDGES])


def _agree(name: str, fma: bool, xs: tuple[Any, ...]) -> None:
    with np.errstate(all="ignore"):
        if name in ("erf", "erfc"):
            want = np.array([getattr(math, name)(x) for x in xs[0]])
        else:
            want = getattr(np, NUMPY.get(name, name))(*xs)
        y = library("f64", fma)[1][name](*xs)
        close = np.abs(y - want) <= np.maximum(4 * np.spacing(np.abs(want)), 5e-324)
    special = ~np.isfinite(want) | (want == 0)
    same = (y == want) & (np.signbit(y) == np.signbit(want)) | np.isnan(y) & np.isnan(want)
    right = np.where(special, same, close)
    assert right.all(), [(*x, "gives", a, "not", b) for *x, a, b, r in zip(*xs, y, want, right) if not r]


@pytest.mark.parametrize("fma", [True, False])
@pytest.mark.parametrize("name", UNARY)
def test_special_cases(name: str, fma: bool) -> None:
    _agree(name, fma, (EDGES,))


@pytest.mark.parametrize("fma", [True, False])
@pytest.mark.parametrize("name", sorted(BINARY))
def test_special_cases_of_two(name: str, fma: bool) -> None:
    x, y = np.meshgrid(EDGES, EDGES)
    _agree(name, fma, (x.ravel(), y.ravel()))


@pytest.mark.parametrize("name", NAMES)
def test_single_precision(name: str) -> None:
    f = library("f32", vmath.host_has_fma())[1][name]
    with np.errstate(all="ignore"):
        for xs in _samples(name):
            narrow = [x.astype(np.float32) for x in xs]
            want = library("f64", vmath.host_has_fma())[1][name](*narrow).astype(np.float32)
            np.testing.assert_array_equal(f(*narrow), want)


def _body(ir: str, name: str) -> str:
    return ir[ir.index(f"@loop_{name}(") :].split("\n}", 1)[0]


@pytest.mark.parametrize("name", NAMES)
def test_loops_vectorise(name: str) -> None:
    body = _body(library("f64", True)[2], name)
    assert re.search(r"store <[248] x double>", body)
    assert set(re.findall(r"call [^@]*@(?!llvm)(\w+)\(", body)) <= {
        f"wg_{name}_wide{v}" for v in ("", "_v2", "_v4", "_v8")
    }


@pytest.mark.parametrize(("cpu", "width"), [("haswell", 4), ("skylake-avx512", 4), ("x86-64", 2)])
def test_loops_vectorise_elsewhere(cpu: str, width: int) -> None:
    if not llvm.get_default_triple().startswith("x86_64"):
        pytest.skip("processors of the x86-64 family")
    wanted = ["exp", "log", "sin", "cos", "tanh", "log1p"]
    fma = cpu != "x86-64"
    _, ir = compiled(vmath.source(wanted, fma=fma) + "".join(map(loop, wanted)), features="", cpu=cpu)
    for name in wanted:
        widths = {int(w) for w in re.findall(r"store <(\d+) x double>", _body(ir, name))}
        assert max(widths, default=1) >= width, name


def test_scaling_in_one_instruction_gives_the_same_numbers() -> None:
    """``ldexp`` rounds once, as the product of two powers does: over the whole range and beyond it."""
    x = np.concatenate([np.linspace(-760.0, 720.0, 50_001), [np.inf, -np.inf, np.nan, 0.0, -0.0, 1e300]])
    found: list[Any] = []
    for ldexp in (False, True):
        text = vmath.source(["exp", "exp2", "cosh"], fma=False, ldexp=ldexp) + "".join(
            map(loop, ["exp", "exp2", "cosh"])
        )
        engine, _ = compiled(text)
        y = np.empty((3, x.size))
        for k, name in enumerate(("exp", "exp2", "cosh")):
            f = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
            f(engine.get_function_address(f"loop_{name}"))(x.size, x.ctypes.data, y[k].ctypes.data)
        found.append(y)
    np.testing.assert_array_equal(*found)


def test_a_conditional_call_vectorises() -> None:
    body = (
        "  %c = fcmp ogt double %av, 0.0\n  br i1 %c, label %then, label %join\nthen:\n"
        "  %s = call double @wg_sin_f64(double %av)\n  br label %join\njoin:\n"
        "  %r = phi double [ 0.0, %body ], [ %s, %then ]\n"
    )
    text = loop("sin", body=body).replace("%next, %body ]", "%next, %join ]")
    _, ir = compiled(vmath.source(["sin"]) + text)
    assert re.search(r"store <[248] x double>", _body(ir, "sin"))


def test_text_is_deterministic_and_says_what_it_needs() -> None:
    text = vmath.source(["sin", "exp", "sin"])
    assert text == vmath.source(["exp", "sin"])
    declared = re.findall(r"^declare .*@([\w.]+)\(", text, re.M)
    assert len(declared) == len(set(declared))
    everything = vmath.source(vmath.names("f64"), ["f64", "f32"])
    external = {
        d for d in re.findall(r"^declare .*@([\w.]+)\(", everything, re.M) if not d.startswith("llvm.")
    }
    assert external == vmath.libm_symbols()


def test_links_as_a_module_of_its_own() -> None:
    main = llvm.parse_assembly("declare double @wg_sin_f64(double)\n" + loop("sin"))
    other = llvm.parse_assembly(vmath.source(["sin", "exp"]))
    main.link_in(other)
    _, ir = compiled(str(main))
    assert "store <" in _body(ir, "sin")
    assert "@wg_exp_f64" not in ir
