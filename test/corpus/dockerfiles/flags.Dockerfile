FROM debian:trixie-slim
RUN --mount=type=cache,id=npm,target="/a b" --network=none npm ci
COPY --link --from=x --chmod=755 a b
ADD --checksum=sha256:1 --keep-git-dir=true x y
COPY --exclude=*.md --exclude='a b' . /x
