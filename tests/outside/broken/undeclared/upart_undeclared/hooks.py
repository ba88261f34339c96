from upart.plugin import Manifest

manifest = Manifest(id="undeclared", version="1.0", models="upart_undeclared.models")
