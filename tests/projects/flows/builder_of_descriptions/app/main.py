"""A list of descriptions, filled by a method that is called like that of a registry of tools."""

from app.builder import ComponentModel, GalleryBuilder

GalleryBuilder().add_tool(ComponentModel())
