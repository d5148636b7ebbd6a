FROM debian:trixie-slim
RUN --mount=type=bind,source=<<EOF,target=/x true
RUN --mount=type=cache,target=/c cat <<EOF
body
EOF
USER 1
