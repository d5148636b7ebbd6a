FROM debian:trixie-slim
RUN ["cat", "<<EOF"]
RUN [ "sh", "-c", "cat <<EOF" ]
COPY ["<<EOF", "/x"]
ONBUILD RUN ["cat", "<<EOF"]
USER 1
