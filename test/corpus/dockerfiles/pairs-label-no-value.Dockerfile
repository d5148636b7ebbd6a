FROM debian:trixie-slim
LABEL a
