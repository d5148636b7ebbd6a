FROM debian:trixie-slim
RUN [broken
RUN ['a', 'b']
RUN ["a" "b"]
RUN ["a"] && true
RUN [ -f x ] || true
CMD ["a",]
RUN ["a\qb"]
USER 1
