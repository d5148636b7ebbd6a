FROM \
  --platform=linux/amd64 \
  debian:trixie-slim \
  AS base
