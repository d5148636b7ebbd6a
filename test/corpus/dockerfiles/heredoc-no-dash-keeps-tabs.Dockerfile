FROM debian:trixie-slim
RUN <<EOF
	EOF
 EOF
EOF 
EOF
USER 1
