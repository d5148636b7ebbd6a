FROM debian:trixie-slim
RUN echo ${} <<EOF
RUN echo ${A <<EOF
RUN echo ${A:#x} <<EOF
RUN echo ${A@Q} <<EOF
RUN echo ${A:-x <<EOF
USER 1
