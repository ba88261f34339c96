from upart.plugin import Manifest

manifest = Manifest(id="strayed", version="1.0", models="upart_strayed.models")
