FROM debian:trixie-slim
RUN <<EOF
echo one
EOF
RUN <<-EOF
	echo
	EOF
USER 1
