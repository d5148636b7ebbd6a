FROM debian:trixie-slim
RUN <<EOF
one \
  two\\
\
EOF
USER 1
