FROM debian:trixie-slim
\

