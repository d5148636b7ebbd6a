FROM debian:trixie-slim
ONBUILD RUN <<EOF
echo one
EOF
ONBUILD COPY --chown=1 <<-X /x
	USER 0
	X
onbuild run echo "<<NO"
USER 1
