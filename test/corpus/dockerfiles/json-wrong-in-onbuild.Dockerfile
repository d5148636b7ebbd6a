FROM debian:trixie-slim
ONBUILD CMD ["a", true]
