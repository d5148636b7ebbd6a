FROM debian:trixie-slim
RUN <<-EOF
	echo one
		EOF
RUN <<-EOF
  EOF
	EOF
USER 1
