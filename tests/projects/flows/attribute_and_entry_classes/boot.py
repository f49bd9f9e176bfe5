from exporters import CsvExporter, JsonExporter


def boot(app):
    app.state.exporter_choices = [CsvExporter, JsonExporter]
