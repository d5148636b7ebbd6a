FROM debian:trixie-slim
RUN echo $@ $# $1a $ $- <<E
body
E
RUN echo "$X$" "\"" <<E
body
E
USER 1
