from upart.plugin import Manifest

manifest = Manifest(id="tooold", version="1.0", hook_api=">=7,<8")
