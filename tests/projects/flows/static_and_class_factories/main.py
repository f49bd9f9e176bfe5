import boats
from boats import BoatRegistry, Raft

harbour = BoatRegistry()
harbour.add_boat("launched", Raft.launch())
harbour.add_boat("built", boats.Boat.build())
harbour.add_boat("revived", Raft.revive())
harbour.add_boat("raft", Raft.kind())  # expect: REG202 certain
harbour.add_boat("called", Raft.kind()())
