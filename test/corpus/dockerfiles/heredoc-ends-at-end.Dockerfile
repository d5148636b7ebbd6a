FROM debian:trixie-slim
RUN <<EOF
echo
EOF