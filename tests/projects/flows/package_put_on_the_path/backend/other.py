from lenses import LensRegistry, Wide  # nobody puts the folder on the path for this file

LensRegistry().register("wide", Wide)
