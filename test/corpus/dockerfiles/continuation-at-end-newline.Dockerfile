FROM debian:trixie-slim
RUN one \
