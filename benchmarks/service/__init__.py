"""A service of one aggregate, made of the kernels: what the variants of ours are measured with."""

from infrastructure.kernel.garbage import collect_rarely

collect_rarely()  # as the entry points of a service for Lambda do
