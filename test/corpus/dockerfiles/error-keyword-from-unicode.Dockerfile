FROM debian:trixie-slim
UſER 1
