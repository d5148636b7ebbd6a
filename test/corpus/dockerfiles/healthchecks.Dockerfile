FROM debian:trixie-slim
HEALTHCHECK --interval=5s --retries=3 CMD ["a", "b c"]
HEALTHCHECK CMD curl -f http://localhost/ || exit 1
HEALTHCHECK NONE
healthcheck cmd	["x"]
