"""The dataclass behind each entry of `rectified.activations`."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rectified._activation_functions import Function
from rectified._activation_moments import MAX_VARIANCE, Moments, integrate_moments
from rectified._activation_saturation import (
    SMALLEST_EPS,
    Interval,
    find_flat_intervals,
)
from rectified._validate import check_number, problem

if TYPE_CHECKING:
    from torch import Tensor

TorchFunction = Callable[["Tensor"], "Tensor"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Activation:
    """An activation function f, and what one needs to know of it.

    Attributes
    ----------
    name : str
        A key of the catalogue, for example "leaky_relu".
    display_name : str
        For titles and legends, for example "Leaky ReLU".
    parameters : mapping of str to float
        Values of the parameters, empty if it has none.
    function, derivative : callable
        f and f', from pre-activations of any shape to an array of that shape and
        precision (float32 stays float32; lists and integers become float64). Finite
        input up to 1e4 in size never overflows and never warns.
    torch_function : callable
        f for tensors; PyTorch is imported when it is called. Its autograd agrees with
        `derivative`, at the kinks too.
    formula, derivative_formula : str
        LaTeX without dollar signs. At kinks, see `derivative_at_kinks`.
    lower, upper : float
        Infimum and supremum of f.
    kinks : tuple of float
        Where f' jumps, in ascending order.
    saturates_left, saturates_right : bool
        Whether f'(z) tends to 0 as z goes to minus or plus infinity.
    source : str
        The paper that introduced it or made it known.
    torch_gain : float or None
        What `torch.nn.init.calculate_gain` says, None where it has no entry.
    """

    name: str
    display_name: str
    function: Function = field(repr=False)
    derivative: Function = field(repr=False)
    torch_function: TorchFunction = field(repr=False)
    formula: str
    derivative_formula: str
    source: str
    lower: float = -math.inf
    upper: float = math.inf
    saturates_left: bool = False
    saturates_right: bool = False
    torch_gain: float | None = None
    kinks: tuple[float, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def derivative_at_zero(self) -> float:
        """f'(0). If 0 is a kink, any slope between the one-sided ones would do."""
        return float(self.derivative(0.0))

    @property
    def derivative_at_kinks(self) -> tuple[float, ...]:
        """What `derivative` says at each of `kinks`, by PyTorch's convention."""
        return tuple(float(self.derivative(kink)) for kink in self.kinks)

    @functools.cached_property
    def gain(self) -> float:
        """Factor that keeps the second moment of pre-activations, 1 / sqrt(E f(z)^2).

        Here z ~ N(0, 1). Weights of standard deviation gain / sqrt(fan_in) then make
        the next pre-activations N(0, 1) in a wide network (He et al. 2015, who treat
        ReLU and PReLU). `torch_gain` is the same for ReLU, leaky ReLU and the identity,
        but a rule of thumb for the others: 1 instead of 1.846 for the sigmoid, 5/3
        instead of 1.593 for tanh, 3/4 instead of 1 for SELU.
        """
        return 1 / math.sqrt(self.moments().second_moment)

    def moments(self, variance: float = 1.0) -> Moments:
        """Return moments of f(z) and f'(z) for z ~ N(0, variance).

        Parameters
        ----------
        variance : float
            From 0 to 1e150.

        Returns
        -------
        Moments
            From quadrature, good to 12 digits. Variance 0 means z = 0.

        Raises
        ------
        ValueError
            If `variance` is out of range.

        Examples
        --------
        >>> from rectified.activations import get
        >>> round(get("relu").moments(4.0).second_moment, 12)
        2.0
        """
        variance = check_number("variance", variance, minimum=0, maximum=MAX_VARIANCE)
        return integrate_moments(
            self.function, self.derivative, kinks=self.kinks, variance=variance
        )

    def find_saturation(self, eps: float = 0.01) -> tuple[Interval, ...]:
        """Return the open intervals where ``|f'(z)| < eps``, in ascending order.

        Parameters
        ----------
        eps : float
            From 1e-12 to 1.

        Returns
        -------
        tuple of (float, float)
            Ends may be infinite; the others are good to 12 decimals. Functions that
            fall and rise again (GELU, SiLU) have an interval around their minimum too.

        Raises
        ------
        ValueError
            If `eps` is out of range.

        Examples
        --------
        >>> from rectified.activations import get
        >>> get("relu").find_saturation()
        ((-inf, 0.0),)
        """
        eps = check_number("eps", eps, minimum=SMALLEST_EPS, maximum=1)
        return find_flat_intervals(self.derivative, eps)

    def measure_saturated_fraction(self, z: ArrayLike, eps: float = 0.01) -> float:
        """Return the share of pre-activations where ``|f'(z)| < eps``.

        Parameters
        ----------
        z : array_like
            Pre-activations of any shape. NaN counts as not saturated.
        eps : float
            From 1e-12 to 1.

        Returns
        -------
        float
            From 0 to 1.

        Raises
        ------
        ValueError
            If `z` is empty or `eps` is out of range.
        """
        eps = check_number("eps", eps, minimum=SMALLEST_EPS, maximum=1)
        slopes = self.derivative(z)
        if not np.size(slopes):
            raise problem("z", "non-empty", np.shape(z), "pass at least one value")
        is_number = ~np.isnan(np.asarray(z, dtype=np.float64))
        return float(np.mean((np.abs(slopes) < eps) & is_number))

    def __reduce__(self) -> tuple[Callable[[], Activation], tuple[()]]:
        # A copy, or what comes out of a pickle, is the catalogue's own object.
        from rectified.activations import get

        return functools.partial(get, self.name, **self.parameters), ()


def from_torch(name: str, **settings: Any) -> TorchFunction:
    """Return a function of `torch.nn.functional`, imported when it is called."""

    def call(z: Any) -> Any:
        from torch.nn import functional

        return getattr(functional, name)(z, **settings)

    return call


def make_entry(
    name: str, torch_function: TorchFunction | str, *, functions: Any, **facts: Any
) -> Activation:
    """Return an activation without parameters, with NumPy functions of its name."""
    if isinstance(torch_function, str):
        torch_function = from_torch(torch_function)
    return Activation(
        name=name,
        function=getattr(functions, name),
        derivative=getattr(functions, f"{name}_derivative"),
        torch_function=torch_function,
        **facts,
    )
