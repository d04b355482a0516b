"""A stage made callable: native code, with as little Python around it as the arguments allow.

A function of floats, arrays, tuples, lists and dicts that reads nothing from outside is the native entry
itself.  Instances of classes are taken apart in Python first, and hidden inputs are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..capture.state import Guard, Hidden
from ..errors import WengertError
from ..runtime.call import NativeFunction, Outgrown
from .wrapper import Misfit, wrapped

if TYPE_CHECKING:
    from ..capture import pytree
    from ..emit.llvm.native import Native
    from .stage import Stage

Fallback = Callable[..., Any] | None


class Shape:
    """How Python values map to the native function: all that is needed beside its code.

    ``inputs``: the structure of the arguments when Python takes them apart, None when the entry does.
    ``output``: likewise for the result.
    """

    __slots__ = ("inputs", "output", "supply")

    def __init__(
        self, inputs: pytree.InTree | None, output: pytree.Tree | None, supply: tuple[int, ...]
    ) -> None:
        self.inputs = inputs
        self.output = output
        self.supply = supply


def _by_value(function: NativeFunction, shape: Shape) -> bool:
    """Whether the code is for integers or bools of certain values."""
    if shape.inputs is None:
        return any(isinstance(s, (int, np.integer, np.bool_)) for s in function.statics)
    from ..capture.pytree import whole_numbers

    return any(map(whole_numbers, shape.inputs.trees))


def _lists_of(shape: Shape, hidden: Sequence[Hidden], stage: Stage | None) -> Any:
    """What has to be done about lists that the function writes; None if it writes none."""
    if stage is None or not (stage.alone or stage.mutated):
        return None
    if shape.inputs is None and not any(h.leaf for h in hidden):
        return None
    from .written_lists import written_lists

    return written_lists(stage)


class Compiled:
    """One specialisation.

    ``direct`` is the fastest way to call it for arguments of its types; it turns to ``fallback`` for all
    others.  It is the native entry itself when it stands ``alone``, that is when nothing outside its
    arguments matters; it is None when Python has to take arguments apart.  The entry raises `Misfit` until
    `settle` is called, and then turns to the fallback itself.  ``stage`` and ``native`` are what it
    was made of, for those who want to look; a function from the disk cache has neither.  ``wider``
    compiles the function again without assumptions, for when one does not hold.
    """

    def __init__(
        self,
        function: NativeFunction,
        shape: Shape,
        hidden: Sequence[Hidden],
        guards: Sequence[Guard],
        fallback: Fallback,
        alone: bool,
        stage: Stage | None = None,
        native: Native | None = None,
    ) -> None:
        self.function = function
        self.shape = shape
        self.hidden = tuple(hidden)
        self.guards = tuple(guards)
        self.stage = stage
        self.native = native
        self._reads = tuple(h.read for h in hidden)
        self._tests = tuple(g.check for g in guards)
        self.wider: Callable[[], Compiled] | None = None
        self.direct: Callable[..., Any] | None = None
        self.alone = alone
        self._fallback = fallback
        self._settled = False
        self.by_value = _by_value(function, shape)
        self._lists = _lists_of(shape, self.hidden, stage)
        plain = shape.inputs is None and shape.output is None and not any(h.leaf for h in self.hidden)
        if fallback is not None and plain:
            self.direct = (
                function.entry if alone else wrapped(function.entry, self.guards, self.hidden, fallback)
            )

    def settle(self) -> None:
        """``direct`` is about to be called without us."""
        if self.alone and not self._settled and self._fallback is not None:
            self._settled = True
            self.function.set_fallback(self._fallback)

    def bound(self, hidden: Sequence[Hidden], guards: Sequence[Guard], fallback: Fallback) -> Compiled:
        """The same code for another function with the same code: it reads from elsewhere."""
        made = Compiled(
            self.function, self.shape, hidden, guards, fallback, self.alone, self.stage, self.native
        )
        made.wider = self.wider
        made._settled = self._settled
        return made

    def valid(self) -> bool:
        """Whether all that the code was specialised on still holds."""
        return not self.function.outgrown and all(test() for test in self._tests)

    def fits(self, values: Sequence[Any]) -> bool:
        """Whether arguments of its signature are those that it was made for, where their values matter."""
        if not self.by_value:
            return True
        inputs = self.shape.inputs
        if inputs is not None:
            from ..capture.pytree import has_its_numbers

            return all(map(has_its_numbers, values, inputs.trees))
        from ..runtime.marshal import flatten

        try:
            for tree, x in zip(self.function.signature.argument_trees, values, strict=False):
                flatten(tree, x, {}, self.function.statics, "")
        except WengertError:
            return False
        return True

    def __call__(self, *args: Any) -> Any:
        """Call with arguments of this signature; the guards hold."""
        if self._lists is not None:
            self._lists.refuse_shared(args)
        hidden = self.read_hidden()
        try:
            return self.run(args, hidden)
        finally:
            for k, value in enumerate(hidden):
                if self._lists is not None and k in self._lists.hidden:
                    h = self.hidden[k]
                    self._lists.give_back(h.leaf, h.place.read(), value)

    def partial(self, args: Sequence[Any]) -> Callable[[Any], Any]:
        """The function of its last argument: all others are taken apart once."""
        shape = self.shape
        if shape.inputs is None or self._lists is not None:
            return lambda last: self(*args, last)
        from ..capture.pytree import flatten, unflatten

        known, tree = flatten(args, shape.inputs.without_last()), shape.inputs.only_last()

        def call(last: Any) -> Any:
            leaves = [*known, *flatten((last,), tree), *self.read_hidden()]
            try:
                results = self._run([leaves[k] for k in shape.supply])
                return results if shape.output is None else unflatten(shape.output, results)
            except Outgrown:
                pass
            return self(*args, last)  # outside, so that its errors are not chained to ours

        return call

    def read_hidden(self) -> list[Any]:
        """The hidden inputs as they are now."""
        return [read() for read in self._reads]

    def run(self, args: Sequence[Any], hidden: Sequence[Any]) -> Any:
        """The result for arguments of this signature and these hidden inputs."""
        try:
            return self._converted(args, hidden)
        except Outgrown:
            wider = self.wider
            if wider is None:
                raise
        return wider().run(args, hidden)  # outside, so that its errors are not chained to ours

    def _converted(self, args: Sequence[Any], hidden: Sequence[Any]) -> Any:
        """Arguments taken apart and the result put together, where the entry does not do it."""
        shape = self.shape
        values: Sequence[Any] = (*args, *hidden)
        if shape.inputs is None and shape.output is None:
            return self._run(values)
        from ..capture.pytree import flatten, unflatten

        if shape.inputs is not None:
            leaves = [*flatten(args, shape.inputs), *hidden]
            values = [leaves[k] for k in shape.supply]
            if self._lists is not None and self._lists.written:
                try:
                    results = self._run(values)
                finally:
                    self._lists.hand_back(args, leaves)
                return results if shape.output is None else unflatten(shape.output, results)
        results = self._run(values)
        return results if shape.output is None else unflatten(shape.output, results)

    def _run(self, values: Sequence[Any]) -> Any:
        """The entry if it takes the arguments, otherwise the tolerant call.

        A settled entry would come back to us with what it does not take.
        """
        if not self._settled:
            try:
                return self.function.entry(*values)
            except Misfit:
                pass
        return self.function.call(*values)
