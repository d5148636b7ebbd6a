FROM debian:trixie-slim
RUN cat <<EOF \
  && echo more \
  # a comment
  && cat <<-TWO
one
EOF
	two
	TWO
USER 1
