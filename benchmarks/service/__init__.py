"""A service of one aggregate, made of the kernels: what the variants of ours are measured with."""
