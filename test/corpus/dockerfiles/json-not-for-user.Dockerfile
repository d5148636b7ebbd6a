FROM debian:trixie-slim
USER ["a", 1]
EXPOSE [1]
WORKDIR [2]
