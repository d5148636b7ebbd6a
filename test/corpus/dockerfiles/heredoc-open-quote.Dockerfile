FROM debian:trixie-slim
RUN echo don't <<EOF
USER 1
RUN echo "open <<EOF
USER 2
