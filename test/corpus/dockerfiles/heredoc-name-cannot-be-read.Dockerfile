FROM debian:trixie-slim
RUN echo <<${A:-b c}
USER 1
