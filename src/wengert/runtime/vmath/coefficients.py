"""Coefficients, lowest degree first; written by ``tools/minimax.py``, which says what they minimise."""

from __future__ import annotations

_h = float.fromhex

LN2 = (
    _h("0x1.62e42ff000000p-1"),
    _h("-0x1.718432a1b0e26p-35"),
)
LN2_EXACT = (
    _h("0x1.62e42fefa39efp-1"),
    _h("0x1.abc9e3b39803fp-56"),
)
LOG2E = (
    _h("0x1.71547652b82fep+0"),
    _h("0x1.777d0ffda0d24p-56"),
)
LOG10E = (
    _h("0x1.bcb7b1526e50ep-2"),
    _h("0x1.95355baaafad3p-57"),
)
LOG10_2 = (
    _h("0x1.3441350a00000p-2"),
    _h("-0x1.0c0219dc1da99p-39"),
)
LN10 = (
    _h("0x1.26bb1bbb55516p+1"),
    _h("-0x1.f48ad494ea3e9p-53"),
)
HALF_PI = (
    _h("0x1.921fb54442d18p+0"),
    _h("0x1.1a62633145c07p-54"),
    _h("-0x1.f1976b7ed8fbcp-110"),
)
TWO_OVER_PI = (_h("0x1.45f306dc9c883p-1"),)
TWO_OVER_SQRT_PI = (
    _h("0x1.20dd750429b6dp+0"),
    _h("0x1.1ae3a914fed80p-56"),
)
TWO_THIRDS = (
    _h("0x1.5555555555555p-1"),
    _h("0x1.5555555555555p-55"),
)

#: (exp(r) - 1 - r) / r**2 on [-0.34661, 0.34661]; error 2**-59.3.
EXP = (
    _h("0x1.0000000000000p-1"),
    _h("0x1.5555555555557p-3"),
    _h("0x1.5555555555558p-5"),
    _h("0x1.11111111100dcp-7"),
    _h("0x1.6c16c16c1523bp-10"),
    _h("0x1.a01a01abe8129p-13"),
    _h("0x1.a01a01acec267p-16"),
    _h("0x1.71de023108eecp-19"),
    _h("0x1.27e4cce338b81p-22"),
    _h("0x1.af4deaf76eb08p-26"),
    _h("0x1.1f8b384695a7fp-29"),
)

#: (2 atanh(s) - 2s) / s**3 in z = s*s on [0.0, 0.02944]; error 2**-51.5.
LOG = (
    _h("0x1.5555555555558p-1"),
    _h("0x1.9999999995221p-2"),
    _h("0x1.2492492e0427cp-2"),
    _h("0x1.c71c62cff70ebp-3"),
    _h("0x1.7462ba38f2dc7p-3"),
    _h("0x1.39fdb768901d4p-3"),
    _h("0x1.2b5fd2ce6de02p-3"),
)

#: (2 atanh(s) - 2s - 2/3 s**3) / s**5 in z on [0.0, 0.02944]; error 2**-58.9.
LOG_DD = (
    _h("0x1.999999999999ap-2"),
    _h("0x1.2492492492523p-2"),
    _h("0x1.c71c71c6ea3a7p-3"),
    _h("0x1.745d177ae7ca4p-3"),
    _h("0x1.3b1395b312af8p-3"),
    _h("0x1.1118cdef60706p-3"),
    _h("0x1.df7b9e38d150dp-4"),
    _h("0x1.e039c40bcc6e0p-4"),
)

#: (sin(r) - r) / r**3 in z = r*r on [0.0, 0.61932]; error 2**-57.8.
SIN = (
    _h("-0x1.555555555554bp-3"),
    _h("0x1.111111110fa76p-7"),
    _h("-0x1.a01a019c42159p-13"),
    _h("0x1.71de359917254p-19"),
    _h("-0x1.ae5e7b6ed6324p-26"),
    _h("0x1.5d980dc6ff30dp-33"),
)

#: (cos(r) - 1 + z/2) / z**2 in z = r*r on [0.0, 0.61932]; error 2**-61.8.
COS = (
    _h("0x1.5555555555553p-5"),
    _h("-0x1.6c16c16c160c6p-10"),
    _h("0x1.a01a019e2d9cep-16"),
    _h("-0x1.27e4f918e07cep-22"),
    _h("0x1.1eeaa0ecec684p-29"),
    _h("-0x1.900a7a26367c4p-37"),
)

#: (atan(t) - t) / t**3 in z = t*t on [0.0, 0.17172]; error 2**-58.9.
ATAN = (
    _h("-0x1.5555555555551p-2"),
    _h("0x1.99999999980aep-3"),
    _h("-0x1.2492492391c17p-3"),
    _h("0x1.c71c713767b71p-4"),
    _h("-0x1.745d01462eae6p-4"),
    _h("0x1.3b11a3fe12db5p-4"),
    _h("-0x1.10f17ad8a1d5fp-4"),
    _h("0x1.df5e037e9e4f2p-5"),
    _h("-0x1.9e215ff04a355p-5"),
    _h("0x1.3afaee135bec4p-5"),
    _h("-0x1.2bf69f5df233bp-6"),
)

#: (asin(t) - t) / t**3 in z = t*t on [0.0, 0.2501]; error 2**-55.5.
ASIN = (
    _h("0x1.55555555554f9p-3"),
    _h("0x1.333333334b3fap-4"),
    _h("0x1.6db6db5649972p-5"),
    _h("0x1.f1c7268c0102cp-6"),
    _h("0x1.6e8a6f1d3cbd4p-6"),
    _h("0x1.1c654575487e2p-6"),
    _h("0x1.c7761ee4d3d21p-7"),
    _h("0x1.8be50670e4c77p-7"),
    _h("0x1.c2fce035571d6p-8"),
    _h("0x1.310e3623b3a18p-6"),
    _h("-0x1.e781b6a595f3cp-7"),
    _h("0x1.fc843af323712p-6"),
)

#: erf(x) / x - 1 in z = x*x on [0.0, 1.0]; error 2**-62.8.
ERF = (
    _h("0x1.06eba8214db69p-3"),
    _h("-0x1.812746b0379e6p-2"),
    _h("0x1.ce2f21a042b34p-4"),
    _h("-0x1.b82ce31284f37p-6"),
    _h("0x1.565bcd0dbd8f8p-8"),
    _h("-0x1.c02db3db49110p-11"),
    _h("0x1.f9a321e4aee7cp-14"),
    _h("-0x1.f4d1e4342aca6p-17"),
    _h("0x1.b9df3056ccb1dp-20"),
    _h("-0x1.5f1f40d1c813bp-23"),
    _h("0x1.f7b99c00fbdf5p-27"),
    _h("-0x1.38ac1e71a39ffp-30"),
    _h("0x1.06274f38868aep-34"),
)

#: exp(x*x) erfc(x) (1 + 2x) in t = (x - 3.75) / (x + 3.75) on [-1.0, 0.7701]; error 2**-56.0.
ERFC = (
    _h("0x1.3ccda0b5d5dc2p+0"),
    _h("-0x1.1f367683f899ap-3"),
    _h("0x1.d5f2948159694p-9"),
    _h("0x1.510169d095c98p-4"),
    _h("-0x1.bda9309a27e89p-4"),
    _h("0x1.7a14188ab23ddp-4"),
    _h("-0x1.e0d0fa6e13d74p-5"),
    _h("0x1.d0b00377b3cb1p-6"),
    _h("-0x1.3f603c32c2cb6p-7"),
    _h("0x1.cc3a117eac897p-10"),
    _h("0x1.33fb268e11f34p-12"),
    _h("-0x1.303fe5a505888p-12"),
    _h("0x1.b1437d6cc9131p-15"),
    _h("0x1.77997e9426909p-16"),
    _h("-0x1.7ff8bfd7ca0b7p-17"),
    _h("-0x1.073df9e8207bfp-20"),
    _h("0x1.d55307f60fde8p-20"),
    _h("-0x1.981c0f3a4cafdp-25"),
    _h("-0x1.0f4db54d8d74ep-22"),
    _h("0x1.0aa31ebf4ab49p-26"),
    _h("0x1.1959fb45bf82dp-25"),
    _h("-0x1.91a7d650af9d2p-31"),
    _h("-0x1.430beb839dcebp-29"),
)

#: cbrt(m) on [1.0, 2.0]; error 2**-16.6.
CBRT = (
    _h("0x1.03ebf35935164p-1"),
    _h("0x1.6eb48c1e2c24fp-1"),
    _h("-0x1.31c284eeab099p-2"),
    _h("0x1.5cdeb884313c3p-4"),
    _h("-0x1.566ecf75d324fp-7"),
)
