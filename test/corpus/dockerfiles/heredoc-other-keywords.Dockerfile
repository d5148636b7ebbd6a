FROM debian:trixie-slim
ENV A=<<EOF
USER 1
LABEL a=<<EOF
CMD cat <<EOF
ENTRYPOINT cat <<EOF
HEALTHCHECK CMD cat <<EOF
ONBUILD CMD cat <<EOF
SHELL ["cat", "<<EOF"]
