FROM debian:trixie-slim
ONBUILD ENV A
