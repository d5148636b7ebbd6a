FROM debian:trixie-slim
RUN <<ONE cat - <<TWO && 3<<THREE cat <&3
1
ONE
2
ONE
TWO
3
THREE
COPY <<a.txt <<-'b.txt' plain /to/
A
a.txt
	B
	b.txt
USER 1
