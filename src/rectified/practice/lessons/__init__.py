"""One module per lesson: what its predictions come out as, what its checks check."""
