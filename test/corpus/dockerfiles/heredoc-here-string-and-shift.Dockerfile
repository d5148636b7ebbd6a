FROM debian:trixie-slim
RUN cat <<<word
RUN echo $((1<<2))
RUN echo $(( 1 << 2 ))
2
2 ))
USER 1
