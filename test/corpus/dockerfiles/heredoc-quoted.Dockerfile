FROM debian:trixie-slim
RUN cat <<'EOF'
$HOME \
EOF
RUN cat <<"END OF FILE"
x
END OF FILE
RUN cat <<E"O"'F'
y
EOF
USER 1
