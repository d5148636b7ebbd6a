FROM debian:trixie-slim
RUN cat <<ÉÑD
body — “x”
ÉÑD
RUN cat <<🐳
body
🐳
USER 1
