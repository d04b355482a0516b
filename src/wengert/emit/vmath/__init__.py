"""Elementary functions that vectorise: LLVM IR text of branch-free functions, inlined into loops.

`source` gives the definitions of ``wg_<name>_f64`` and ``wg_<name>_f32``, to be put into or linked with the
module that calls them. They are `linkonce_odr` and `alwaysinline`: unused ones are dropped. All arithmetic is
strict IEEE; single precision is computed in double and rounded once more.

>>> "wg_exp_f64" in source(["exp"])
True
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cache

import llvmlite.binding as llvm

from . import error, exponential, inverse, logarithm, power, trigonometric
from .ir import Pen, Value, literal

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    f.__name__: f
    for f in (
        exponential.exp,
        exponential.exp2,
        exponential.expm1,
        exponential.sinh,
        exponential.cosh,
        exponential.tanh,
        logarithm.log,
        logarithm.log2,
        logarithm.log10,
        logarithm.log1p,
        trigonometric.sin,
        trigonometric.cos,
        trigonometric.tan,
        inverse.asin,
        inverse.acos,
        inverse.atan,
        inverse.atan2,
        inverse.asinh,
        inverse.acosh,
        inverse.atanh,
        power.pow,
        power.cbrt,
        power.hypot,
        error.erf,
        error.erfc,
    )
}
#: Those whose value at large arguments is libm's.
_WIDE = ("sin", "cos", "tan")
#: Functions of ours that need nothing of libm beyond `libm_symbols`.
NAMES = frozenset(_FUNCTIONS)
#: Calls of libm dressed as functions of ours: they do not vectorise.
_LIBM = {"lgamma": 1, "tgamma": 1}


def names(dtype: str = "f64") -> set[str]:
    """What `source` can define for ``dtype``, ``"f64"`` or ``"f32"``."""
    assert dtype in ("f64", "f32"), dtype
    return {*_FUNCTIONS, *_LIBM}


def libm_symbols() -> frozenset[str]:
    """The external functions that the text may call."""
    return frozenset([*_WIDE, *_LIBM])


@cache
def host_has_fma() -> bool:
    """Whether this machine multiplies and adds in one rounding."""
    return bool(llvm.get_host_cpu_features().get("fma")) or llvm.get_default_triple().startswith(
        ("aarch64", "arm64")
    )


@cache
def host_has_ldexp() -> bool:
    """Whether this machine multiplies by powers of two in one instruction, and LLVM knows."""
    features = llvm.get_host_cpu_features()
    return llvm.llvm_version_info[0] >= 22 and all(
        features.get(name) for name in ("avx512f", "avx512dq", "avx512vl")
    )


@cache
def _pure() -> str:
    modern = llvm.llvm_version_info[0] >= 16
    return "nounwind willreturn " + ("memory(none)" if modern else "readnone")


def _define(symbol: str, arguments: list[str], body: list[str], type: str = "double") -> str:
    head = f"define linkonce_odr hidden {type} @{symbol}({', '.join(f'{type} %{a}' for a in arguments)})"
    return "\n".join([f"{head} alwaysinline {_pure()} {{", *body, "}"])


@cache
def _double(name: str, fma: bool, ldexp: bool) -> tuple[str, tuple[str, ...]]:
    """The definition for doubles, and the declarations it needs."""
    pen = Pen(fma, ldexp)
    if name in _LIBM:
        arguments = ["x", "y"][: _LIBM[name]]
        result = pen.call(name, *map(pen.argument, arguments))
    else:
        function = _FUNCTIONS[name]
        arguments = list(inspect.signature(function).parameters)
        result = function(*map(pen.argument, arguments))
    body = [*pen.lines, f"  ret double {result.text}"]
    ours = tuple(d for d in pen.declares if "@wg_" not in d)
    return _define(f"wg_{name}_f64", arguments, body), ours


def _single(name: str) -> str:
    arity = _LIBM.get(name) or len(inspect.signature(_FUNCTIONS[name]).parameters)
    arguments = ["x", "y"][:arity]
    body = [f"  %w{a} = fpext float %{a} to double" for a in arguments]
    body.append(f"  %d = call double @wg_{name}_f64({', '.join(f'double %w{a}' for a in arguments)})")
    body += ["  %r = fptrunc double %d to float", "  ret float %r"]
    return _define(f"wg_{name}_f32", arguments, body, "float")


_WIDE_ONE = """\
define linkonce_odr hidden double @{symbol}(double %x, double %y) noinline {pure} {{
  %a = call double @llvm.fabs.f64(double %x)
  %far = fcmp ogt double %a, {bound}
  br i1 %far, label %libm, label %near
near:
  ret double %y
libm:
  %v = call double @{name}(double %x)
  ret double %v
}}
define linkonce_odr hidden void @{symbol}_each(ptr %x, ptr %y, i64 %n) noinline cold minsize nounwind {{
entry:
  br label %body
body:
  %i = phi i64 [ 0, %entry ], [ %next, %body ]
  %xp = getelementptr double, ptr %x, i64 %i
  %yp = getelementptr double, ptr %y, i64 %i
  %xi = load double, ptr %xp
  %yi = load double, ptr %yp
  %zi = call double @{symbol}(double %xi, double %yi)
  store double %zi, ptr %yp
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %body, label %done
done:
  ret void
}}"""

#: The rare case is left to a call through memory.  Loops call these once they are vectorised, and whoever
#: compiles the text inlines them after that.
_WIDE_SEVERAL = """\
define linkonce_odr hidden {v} @{symbol}_v{n}({v} %x, {v} %y) alwaysinline {pure} {{
entry:
  %xs = alloca {v}, align 8
  %ys = alloca {v}, align 8
  %a = call {v} @llvm.fabs.v{n}f64({v} %x)
  %far = fcmp ogt {v} %a, <{bounds}>
  %any = call i1 @llvm.vector.reduce.or.v{n}i1(<{n} x i1> %far)
  br i1 %any, label %each, label %near
near:
  ret {v} %y
each:
  store {v} %x, ptr %xs, align 8
  store {v} %y, ptr %ys, align 8
  call void @{symbol}_each(ptr %xs, ptr %ys, i64 {n})
  %v = load {v}, ptr %ys, align 8
  ret {v} %v
}}"""


def _wide(name: str) -> tuple[list[str], list[str], list[str]]:
    """``wg_<name>_wide`` for one and for several doubles: definitions, declarations, and names to keep."""
    symbol, bound = f"wg_{name}_wide", literal(trigonometric.LIMIT)
    declares = [f"declare double @{name}(double)", "declare double @llvm.fabs.f64(double)"]
    texts = [_WIDE_ONE.format(symbol=symbol, pure=_pure(), bound=bound, name=name)]
    for n in trigonometric.WIDTHS:
        v, bounds = f"<{n} x double>", ", ".join([f"double {bound}"] * n)
        declares.append(f"declare {v} @llvm.fabs.v{n}f64({v})")
        declares.append(f"declare i1 @llvm.vector.reduce.or.v{n}i1(<{n} x i1>)")
        texts.append(_WIDE_SEVERAL.format(symbol=symbol, pure=_pure(), bounds=bounds, v=v, n=n))
    return texts, declares, [f"{symbol}_v{n}" for n in trigonometric.WIDTHS]


def source(
    names: Iterable[str],
    dtype: str | Iterable[str] = "f64",
    fma: bool | None = None,
    ldexp: bool | None = None,
) -> str:
    """LLVM IR of the functions ``names`` for ``dtype``: ``"f64"``, ``"f32"``, or several.

    Definitions, declarations and constants; the text depends only on the arguments, whatever the order of
    ``names``. ``fma`` says whether the processor fuses multiplication and addition (default: whether this one
    does); without, products that must be exact are split. ``ldexp`` says the same of scaling, and gives the
    same numbers.
    """
    fused = host_has_fma() if fma is None else fma
    scaled = fused and host_has_ldexp() if ldexp is None else ldexp
    wanted = sorted(set(names))
    kinds = {dtype} if isinstance(dtype, str) else set(dtype)
    declares: dict[str, None] = {}
    texts: list[str] = []
    keep: list[str] = []
    for name in wanted:
        text, needs = _double(name, fused, scaled)
        declares.update(dict.fromkeys(needs))
        texts.append(text)
        if name in _WIDE:
            more, needs_too, kept = _wide(name)
            declares.update(dict.fromkeys(needs_too))
            texts += more
            keep += kept
        if "f32" in kinds:
            texts.append(_single(name))
    if keep:
        held = ", ".join(f"ptr @{k}" for k in keep)
        texts.append(
            f'@llvm.compiler.used = appending global [{len(keep)} x ptr] [{held}], section "llvm.metadata"'
        )
    return "\n".join([*declares, *texts, ""])


__all__ = ["NAMES", "host_has_fma", "libm_symbols", "names", "source"]
