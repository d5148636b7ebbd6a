FROM debian:trixie-slim
RUN [["a"], "b"]
