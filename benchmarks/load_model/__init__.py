"""How far a service of this kind carries: every ceiling by arithmetic (`paper`), and simulated second by second (`simulation`).

A model, never compared with AWS. docs/scaling.md says what it leaves out. `python -m benchmarks.load_model` prints it.
"""
