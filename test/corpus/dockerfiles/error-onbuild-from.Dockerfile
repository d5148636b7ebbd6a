FROM debian:trixie-slim
ONBUILD FROM a
