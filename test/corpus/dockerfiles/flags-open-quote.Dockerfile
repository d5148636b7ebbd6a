FROM debian:trixie-slim
RUN --mount="type=cache,target=/x echo hi
USER 1
