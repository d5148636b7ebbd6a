FROM debian:trixie-slim
RUN cat <<EOF | sh && echo done
USER root
EOF
RUN python3 - <<"PY" >/out 2>&1
print("x")
PY
USER 1
