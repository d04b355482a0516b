"""What the language allows and capture cannot follow is refused by name."""

from __future__ import annotations

import pytest

import wengert as wg

from . import language


@pytest.mark.parametrize(("f", "code"), language.REFUSED, ids=[f.__name__ for f, _ in language.REFUSED])
def test_refused(f, code):
    with pytest.raises(wg.WengertError) as found:
        wg.grad(f)(language.X.copy())
    assert found.value.diagnostics[0].code == code
