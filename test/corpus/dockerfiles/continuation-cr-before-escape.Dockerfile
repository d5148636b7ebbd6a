FROM debian:trixie-slim
RUN one \
  two
RUN ab \
 c
