FROM debian:trixie-slim
RUN apt-get inst\
all -y cu\
rl
ENV A=on\
e B=two
