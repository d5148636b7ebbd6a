from debian:trixie-slim as base
run echo
Copy a b
uSeR 1
onBuild rUn x
from base
