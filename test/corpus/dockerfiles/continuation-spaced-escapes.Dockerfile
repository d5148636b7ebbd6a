FROM debian:trixie-slim
RUN echo \\ \
  more
RUN echo \ \
  more
