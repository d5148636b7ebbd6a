FROM debian:trixie-slim
CMD [ \
  "node", \
  # the entry
  "a.js" \
]
USER 1
