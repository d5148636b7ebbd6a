FROM debian:trixie-slim
RUN cat <<$NAME
body
$NAME
RUN cat <<${NAME}x
body
${NAME}x
RUN cat <<"$A $B"
body
$A $B
RUN cat <<$$
body
$$
USER 1
