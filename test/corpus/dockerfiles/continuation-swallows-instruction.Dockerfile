FROM debian:trixie-slim
RUN one \
USER 1
CMD ["a"]
