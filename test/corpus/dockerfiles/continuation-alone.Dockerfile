FROM debian:trixie-slim
\
RUN one
\
\
  RUN two \
\
  && three
USER 1
