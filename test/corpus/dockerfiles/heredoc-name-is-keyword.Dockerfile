FROM debian:trixie-slim
RUN <<USER
run
RUN
USER
USER 1
