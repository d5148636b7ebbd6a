FROM debian:trixie-slim
USER 1
\
