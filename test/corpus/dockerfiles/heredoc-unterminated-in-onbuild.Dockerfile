FROM debian:trixie-slim
ONBUILD RUN <<EOF
USER 1
