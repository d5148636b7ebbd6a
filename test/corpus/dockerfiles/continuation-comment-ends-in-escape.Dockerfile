FROM debian:trixie-slim
RUN one \
  # a comment \
  && two
USER 1
