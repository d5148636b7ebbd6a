FROM debian:trixie-slim
RUN ["a", "b c", "\"q\"", "\u00e9\n"]
CMD [ "x" ]
CMD	[]
ENTRYPOINT ["/bin/app","--flag"]
VOLUME ["/a", "/b"]
SHELL ["/bin/sh", "-c"]
COPY ["a b", "c", "/d/"]
