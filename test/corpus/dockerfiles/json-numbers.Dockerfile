FROM debian:trixie-slim
CMD ["a", 1]
