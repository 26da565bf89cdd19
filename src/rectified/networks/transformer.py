"""A transformer block with a choice of activation, and a small language model of it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rectified._validate import check_integer, problem
from rectified.activations import Activation
from rectified.initialization import Scheme
from rectified.networks.parts import (
    BiasInit,
    LayerFactory,
    apply,
    check_axis,
    make_activation,
    make_normalization,
)

NORMALIZATIONS = ("layer", "rms")


class SelfAttention(nn.Module):
    """Scaled dot-product attention of a sequence to itself.

    Attributes
    ----------
    query_key_value : torch.nn.Linear
        From width to 3 x width: queries, keys and values of all heads.
    projection : torch.nn.Linear
        From the heads' values, side by side, to the output.
    heads : int
        Each has width / heads features.
    causal : bool
        Whether a position sees only itself and what came before.
    """

    def __init__(
        self, width: int, heads: int, factory: LayerFactory, *, causal: bool
    ) -> None:
        super().__init__()
        self.query_key_value = factory.linear(width, 3 * width)
        self.projection = factory.linear(width, width)
        self.heads = heads
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, steps, width) to the same shape."""
        per_head = self.query_key_value(x).unflatten(-1, (3, self.heads, -1))
        # to (3, n, heads, steps, features)
        query, key, value = per_head.permute(2, 0, 3, 1, 4)
        attention = nn.functional.scaled_dot_product_attention
        seen = attention(query, key, value, is_causal=self.causal)
        projected: Tensor = self.projection(seen.transpose(1, 2).flatten(-2))
        return projected


class FeedForward(nn.Module):
    """Two linear layers with an activation between them, for each position alone.

    Attributes
    ----------
    up, down : torch.nn.Linear
        From width to the hidden units and back.
    activation_fn : torch.nn.Module
        Where sparsity shows: ReLU leaves exact zeros among the hidden units.
    """

    def __init__(
        self,
        width: int,
        ffn_width: int,
        activation: str | Activation,
        factory: LayerFactory,
    ) -> None:
        super().__init__()
        self.up = factory.linear(width, ffn_width)
        self.activation_fn = make_activation(activation)
        self.down = factory.linear(ffn_width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., width) to the same shape."""
        result: Tensor = self.down(self.activation_fn(self.up(x)))
        return result


class TransformerBlock(nn.Module):
    """Attention and a feed-forward network, each normalized first and then added.

    x + attention(norm(x)), then the same with the feed-forward network.

    Parameters
    ----------
    width : int
        Features per position.
    heads : int
        Attention heads; must divide `width`.
    ffn_width : int, optional
        Hidden units of the feed-forward network. Default: 4 x width.
    activation : str or Activation
        Function of the feed-forward network.
    normalization : {"layer", "rms"}, optional
        Before attention and before the feed-forward network; None for none.
    causal : bool
        Whether a position sees only itself and what came before.
    init, bias_init : optional
        As in `rectified.networks.MLP`.
    seed : int or torch.Generator
        Source of the weights.

    Raises
    ------
    ValueError
        If a size is not a positive integer, `heads` does not divide `width`, or a name
        is unknown.

    Notes
    -----
    Sources: Vaswani et al. (2017), arXiv:1706.03762; normalization first: Xiong et al.
    (2020), arXiv:2002.04745.
    """

    def __init__(
        self,
        width: int,
        *,
        heads: int = 4,
        ffn_width: int | None = None,
        activation: str | Activation = "relu",
        normalization: str | None = "layer",
        causal: bool = True,
        init: str | Scheme = "pytorch",
        bias_init: BiasInit = "pytorch",
        seed: int | torch.Generator,
    ) -> None:
        super().__init__()
        width = check_integer("width", width, minimum=1)
        if width % check_integer("heads", heads, minimum=1):
            rule = f"a divisor of `width`, which is {width}"
            raise problem("heads", rule, heads, "try 1, or another width")
        if ffn_width is None:
            ffn_width = 4 * width
        ffn_width = check_integer("ffn_width", ffn_width, minimum=1)
        factory = LayerFactory.from_arguments(init, bias_init, seed)
        norms = [
            make_normalization(normalization, width, allowed=NORMALIZATIONS)
            for _ in range(2)
        ]
        self.attention_norm, self.ffn_norm = norms
        self.attention = SelfAttention(width, heads, factory, causal=causal)
        self.ffn = FeedForward(width, ffn_width, activation, factory)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, steps, width) to the same shape."""
        check_axis(x, -1, self.ffn.up.in_features, ndim=(3,))
        x = x + self.attention(apply(self.attention_norm, x))
        result: Tensor = x + self.ffn(apply(self.ffn_norm, x))
        return result
