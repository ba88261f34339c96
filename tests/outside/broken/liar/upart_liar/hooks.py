from upart.plugin import Manifest, holds_nothing

manifest = Manifest(id="liar", version="1.0", models="upart_liar.models", privacy=holds_nothing("only counts"))
