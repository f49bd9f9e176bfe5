from exporters import install


def on_connect(app_state):
    parts = {}
    parts["exporters"] = app_state.exporter_choices
    install(exporters_to_use=parts["exporters"])
