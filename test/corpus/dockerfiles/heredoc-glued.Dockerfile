FROM debian:trixie-slim
RUN cat<<EOF
RUN (cat <<EOF)
body
EOF)
RUN cat <<EOF;
body
EOF;
RUN cat <<EOF|sh
body
EOF|sh
USER 1
