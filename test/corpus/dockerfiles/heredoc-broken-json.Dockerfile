FROM debian:trixie-slim
RUN ["cat", <<EOF]
body
EOF]
USER 1
