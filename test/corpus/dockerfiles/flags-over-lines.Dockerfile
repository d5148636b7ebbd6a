FROM debian:trixie-slim
RUN --mount=type=cache,target=/x \
    --mount=type=bind,source=a,target=/a \
    # a comment
    npm ci
USER 1
