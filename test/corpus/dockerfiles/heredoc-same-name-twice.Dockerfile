FROM debian:trixie-slim
RUN cat <<EOF && cat <<EOF
one
EOF
two
EOF
USER 1
