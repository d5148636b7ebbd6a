This is not a Dockerfile.
It has lines, "quotes and <<ARROWS.
