FROM debian:trixie-slim
COPY [null, "b"]
