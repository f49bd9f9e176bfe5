"""Form 1: a list of classes goes through an attribute, a dictionary entry and a keyword into a registry."""


class Exporter:
    title = "exporter"

    def execute(self, rows):
        raise NotImplementedError


class CsvExporter(Exporter):
    title = "csv"


class JsonExporter(Exporter):
    title = "json"


class ExporterRegistry:
    def __init__(self):
        self._exporters: dict[str, Exporter] = {}

    def register(self, title: str, exporter: Exporter) -> None:
        self._exporters[title] = exporter


exporters = ExporterRegistry()


def install(exporters_to_use):
    for exporter in exporters_to_use:
        exporters.register(exporter.title, exporter)
