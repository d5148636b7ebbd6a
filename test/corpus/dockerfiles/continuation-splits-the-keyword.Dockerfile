FROM debian:trixie-slim
RU\
N one
US\
# between
ER 1
