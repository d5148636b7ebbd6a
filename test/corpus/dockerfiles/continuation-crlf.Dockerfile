FROM debian:trixie-slim
RUN one \
  # why

  && two \ 
  && three
USER 1
