FROM debian:trixie-slim
ENV A=1 B="two words" C='three words' D=a\ b E=
ENV F some old value  with spaces
LABEL "a.b"="c" d=e\"f
ARG X
ARG Y=1 Z="q r" W
LABEL one two
