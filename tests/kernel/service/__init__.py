"""A tiny service made of the kernels alone: crates, which have a name, and specimens, which have a field of every type."""
