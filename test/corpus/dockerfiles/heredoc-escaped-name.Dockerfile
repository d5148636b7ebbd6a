FROM debian:trixie-slim
RUN cat <<\EOF
body
EOF
RUN cat <<a\ b
body
a b
RUN cat \<<EOF
USER 1
