FROM debian:trixie-slim
RUN <<EOF
EOF
COPY <<A <<B /x/
A
B
USER 1
