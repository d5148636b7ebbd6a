FROM debian:trixie-slim
COPY --chown=1:1 --link <<EOF /etc/a.conf
key = value
EOF
ADD <<"B" /b
$x
B
USER 1
