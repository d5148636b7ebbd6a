FROM debian:trixie-slim
ONBUILD COPY --from=x a b
ONBUILD ENV A=1 B="c d"
ONBUILD CMD ["a", "b"]
ONBUILD   USER	1
ONBUILD HEALTHCHECK --interval=1s CMD x
