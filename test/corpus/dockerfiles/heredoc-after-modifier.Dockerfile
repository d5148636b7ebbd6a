FROM debian:trixie-slim
RUN echo ${A:-one two} <<EOF
body
EOF
RUN echo <<EOF${A:-x}
RUN echo ${A#"<<EOF"} ${B%%y}
RUN echo ${A/x/<<EOF}
RUN echo ${A:=z} <<EOF
body
EOF
USER 1
