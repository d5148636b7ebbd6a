FROM debian:trixie-slim
RUN <<EOF
echo one
USER 1
