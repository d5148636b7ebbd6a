FROM debian:trixie-slim
ENV A=1 B
