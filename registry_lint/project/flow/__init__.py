"""Values followed through a program: a demand-driven constraint graph over facts.

`solver.Flow` is the room's door; the other modules say, one kind of construct each, what flows from where.
"""
