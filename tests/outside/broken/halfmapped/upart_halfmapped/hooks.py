from upart.plugin import Manifest
from upart_halfmapped import models

manifest = Manifest(id="halfmapped", version="1.0", models=models.__name__)
