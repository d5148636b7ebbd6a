FROM debian:trixie-slim
ONBUILD FOO x
