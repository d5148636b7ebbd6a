FROM debian:trixie-slim
ONBUILD ONBUILD RUN x
