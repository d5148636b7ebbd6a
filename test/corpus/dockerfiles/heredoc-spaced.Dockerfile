FROM debian:trixie-slim
RUN cat << 'EOF'
one
EOF
RUN cat <<  EOF > /x
two
EOF
RUN cat <<	EOF
three
EOF
USER 1
