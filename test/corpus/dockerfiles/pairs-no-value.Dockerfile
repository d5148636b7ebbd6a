FROM debian:trixie-slim
ENV A
