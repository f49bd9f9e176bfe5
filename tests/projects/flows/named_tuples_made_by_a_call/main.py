import entries
from bells import Bell, BellRegistry, Chime
from entries import Entry, Made, Ready

registry = BellRegistry()

for entry in [Entry("chime", Chime), Entry(name="chime", bell=Chime)]:
    registry.register(entry.name, entry.bell)  # expect: REG202 certain

for entry in [Ready("chime", Chime()), Ready("class", bell=Chime())]:
    registry.register(entry.name, entry.bell)

name, bell = Entry("chime", Chime)
registry.register(name, bell)  # expect: REG202 certain
registry.register(bell.name, Entry("chime", Bell)[1])  # expect: REG202 certain
registry.register("typed", entries.Typed("typed", Chime).bell)  # expect: REG202 certain
registry.register("made", Made("made", Chime).bell)  # expect: REG202 certain

renamed = Ready("chime", Chime)._replace(name="other")
registry.register(renamed.name, renamed.bell)  # expect: REG202 certain
mended = Ready("chime", Chime)._replace(bell=Chime())
registry.register(mended.name, mended.bell)
