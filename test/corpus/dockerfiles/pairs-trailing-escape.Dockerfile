FROM debian:trixie-slim
ENV A=1 B=2\\
ENV C="x\\
USER 1
