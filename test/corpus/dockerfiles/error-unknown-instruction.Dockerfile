FROM debian:trixie-slim
RUNN echo
USER 1
