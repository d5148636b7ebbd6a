FROM debian:trixie-slim
RUN <<EOF
echo one
# no comment

  FROM evil
EOF
USER 1
