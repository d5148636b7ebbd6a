FROM debian:trixie-slim
RUN one \
# a

# b
