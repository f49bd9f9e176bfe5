from plugins import Spell


def of_editor(editor):
    editor.extra = Spell


def of_viewer(viewer, size):
    viewer.extra = size


def of_printer(printer):
    printer.extra = "duplex"


def of_phone(phone, extra):
    phone.extra = extra


def of_shop(shop):
    shop.extra = 3
