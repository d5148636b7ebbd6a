# escape=`
FROM a
RUN cat <<EOF `
  | sh
body `
EOF
RUN cat <<`EOF
body
`EOF
USER 1
