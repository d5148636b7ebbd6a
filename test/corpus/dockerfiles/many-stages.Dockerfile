ARG V=24
ARG IMAGE="node:${V}-slim"
FROM --platform=$BUILDPLATFORM ${IMAGE} AS Base
FROM base AS deps
COPY --from=0 /a /b
FROM ${OTHER:-deps} as last
RUN --mount=from=deps,target=/d true
FROM scratch
COPY --from=last / /
