"""A small transformer that predicts the next character."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rectified._validate import check_integer, problem
from rectified.activations import Activation, get_each
from rectified.initialization import Scheme
from rectified.networks.parts import BiasInit, LayerFactory, apply, make_normalization
from rectified.networks.transformer import NORMALIZATIONS, TransformerBlock

EMBEDDING_STD = 0.02  # Radford et al. (2018) start GPT with it


class CharTransformer(nn.Module):
    """A transformer that reads characters and predicts the next one at each place.

    Parameters
    ----------
    n_characters : int
        Size of the alphabet, 96 for `rectified.datasets.load_text`.
    width : int
        Features per position.
    depth : int
        Number of blocks.
    heads : int
        Attention heads; must divide `width`.
    ffn_width : int, optional
        Hidden units of each feed-forward network. Default: 4 x width.
    context : int
        Longest sequence that it can read.
    activation : str, Activation, or a sequence of them
        Function of the feed-forward networks, one for all blocks or one for each.
    normalization : {"layer", "rms"}, optional
        Before each part of a block and before the output; None for none.
    init, bias_init : optional
        As in `rectified.networks.MLP`. The tables of characters and positions are
        normal with standard deviation 0.02 in any case.
    seed : int or torch.Generator
        Source of the weights.

    Attributes
    ----------
    characters, positions : torch.nn.Embedding
        One learned vector per character, and one per place.
    blocks : torch.nn.ModuleList of TransformerBlock
        For hooks: ``model.blocks[0].ffn.activation_fn``.
    output : torch.nn.Linear
        From features to the logits of the next character.

    Raises
    ------
    ValueError
        If a size is not a positive integer, `heads` does not divide `width`, a name is
        unknown, or the number of activations does not fit.

    Examples
    --------
    >>> model = CharTransformer(96, seed=0)
    >>> model(torch.zeros(5, 48, dtype=torch.int64)).shape
    torch.Size([5, 48, 96])
    """

    def __init__(
        self,
        n_characters: int,
        *,
        width: int = 48,
        depth: int = 2,
        heads: int = 4,
        ffn_width: int | None = None,
        context: int = 48,
        activation: str | Activation | Sequence[str | Activation] = "relu",
        normalization: str | None = "layer",
        init: str | Scheme = "pytorch",
        bias_init: BiasInit = "pytorch",
        seed: int | torch.Generator,
    ) -> None:
        super().__init__()
        n_characters = check_integer("n_characters", n_characters, minimum=1)
        width = check_integer("width", width, minimum=1)
        depth = check_integer("depth", depth, minimum=1)
        context = check_integer("context", context, minimum=1)
        factory = LayerFactory.from_arguments(init, bias_init, seed)
        self.characters = factory.embedding(n_characters, width, std=EMBEDDING_STD)
        self.positions = factory.embedding(context, width, std=EMBEDDING_STD)
        self.blocks = nn.ModuleList(
            TransformerBlock(
                width,
                heads=heads,
                ffn_width=ffn_width,
                activation=function,
                normalization=normalization,
                init=factory.scheme,
                bias_init=bias_init,
                seed=factory.generator,
            )
            for function in get_each(activation, depth)
        )
        self.normalization = make_normalization(
            normalization, width, allowed=NORMALIZATIONS
        )
        self.output = factory.linear(width, n_characters)

    def forward(self, codes: Tensor) -> Tensor:
        """Return the logits of each next character.

        Parameters
        ----------
        codes : Tensor of int64, shape (n, steps)
            Characters from 0 to n_characters - 1, at most `context` steps.

        Returns
        -------
        Tensor, shape (n, steps, n_characters)
            Entry t depends on the characters up to and including t.
        """
        context = self.positions.num_embeddings
        if codes.ndim != 2 or codes.shape[1] > context:
            rule = f"a tensor of shape (n, steps) with at most {context} steps"
            raise problem("codes", rule, tuple(codes.shape), "cut the sequences")
        places = torch.arange(codes.shape[1], device=codes.device)
        x = self.characters(codes) + self.positions(places)
        for block in self.blocks:
            x = block(x)
        logits: Tensor = self.output(apply(self.normalization, x))
        return logits
