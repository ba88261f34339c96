from upart.plugin import Manifest, hookimpl

manifest = Manifest(id="dreamer", version="1.0")


@hookimpl
def upart_make_coffee():
    return "strong"
